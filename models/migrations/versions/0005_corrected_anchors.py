"""Events and documents that were entered wrongly can be corrected and undone."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("anchor", sa.Column("first_host", sa.String(32), nullable=True))
    op.add_column("anchor", sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("deed", sa.Column("anchor", sa.JSON(), nullable=True))
