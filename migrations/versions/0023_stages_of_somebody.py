"""Which stages somebody of the team looks after."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.add_column("people", sa.Column("stages", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("people", "stages")
