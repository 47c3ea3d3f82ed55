"""Which deed left an assignment because its report waited for a decision."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("assignment", sa.Column("left_by", sa.Integer(), nullable=True))
