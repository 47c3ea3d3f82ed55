"""To whom accounts and tokens belong: the subject at a provider, the owner of a token."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user_account", sa.Column("openid_issuer", sa.String(300), nullable=True))
    op.add_column("user_account", sa.Column("openid_subject", sa.String(255), nullable=True))
    op.create_index("uq_user_account_openid", "user_account", ["openid_issuer", "openid_subject"], unique=True)
    # SQLite takes a new column with its reference, but no reference for a column that is there.
    op.execute(
        "ALTER TABLE api_token ADD COLUMN owner_id INTEGER"
        " CONSTRAINT fk_api_token_owner_id_user_account REFERENCES user_account (id)"
    )
