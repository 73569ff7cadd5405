"""What was clicked and opened."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"

_MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    for fact in ("carried_at", "opened_at"):
        op.add_column("touches", sa.Column(fact, _MOMENT, nullable=True))
    op.create_table(
        "letter_clicks",
        sa.Column("touch_key", sa.Uuid(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("machine", sa.String(), server_default="", nullable=False),
        sa.Column("settled_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("touch_key", "target", "at", name="pk_letter_clicks"),
        sa.ForeignKeyConstraint(["touch_key"], ["touches.key"], name="fk_letter_clicks_touch_key_touches", ondelete="CASCADE"),
    )
    op.create_index("ix_letter_clicks_waiting", "letter_clicks", ["at"], postgresql_where=sa.text("settled_at IS NULL"))


def downgrade() -> None:
    op.drop_table("letter_clicks")
    for fact in ("opened_at", "carried_at"):
        op.drop_column("touches", fact)
