"""Letters of which nobody knows whether they went."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("touches", sa.Column("not_taken", sa.Integer(), server_default="0", nullable=False))
    # What was under way before is tried again, as it was then.
    op.execute("UPDATE touches SET not_taken = attempts WHERE sent_at IS NULL")


def downgrade() -> None:
    op.drop_column("touches", "not_taken")
