-- Run by the PostgreSQL container when it first starts. dondoc's own database is made by POSTGRES_DB.
CREATE DATABASE prefect;
\connect prefect
CREATE EXTENSION IF NOT EXISTS pg_trgm;
