"""By what each decision was made, in which edition of a campaign, and on which facts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("notes", sa.Column("by", sa.String(), server_default="", nullable=False))
    op.add_column("notes", sa.Column("ref", sa.String(), server_default="", nullable=False))
    op.add_column("notes", sa.Column("inputs", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False))
    op.add_column("notes", sa.Column("seen", sa.Integer(), server_default="0", nullable=False))
    op.add_column("notes", sa.Column("rules", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    for column in ("rules", "seen", "inputs", "ref", "by"):
        op.drop_column("notes", column)
