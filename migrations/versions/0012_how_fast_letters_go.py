"""How fast letters go, and what is stopped."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"

_MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.add_column("touches", sa.Column("lane", sa.String(), server_default="", nullable=False))
    op.add_column("touches", sa.Column("turn_at", _MOMENT, nullable=True))
    op.create_index("ix_touches_lane_claimed_at", "touches", ["lane", "claimed_at"], postgresql_where=sa.text("lane <> ''"))
    op.create_table(
        "paces",
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("per_hour", sa.Integer(), nullable=True),
        sa.Column("per_day", sa.Integer(), nullable=True),
        sa.Column("first_day", sa.Integer(), nullable=True),
        sa.Column("doubles_in_days", sa.Float(), nullable=True),
        sa.Column("at_most", sa.Integer(), nullable=True),
        sa.Column("began_at", _MOMENT, nullable=True),
        sa.Column("set_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("lane", name="pk_paces"),
    )
    op.create_table(
        "pace_counts",
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("hour_at", _MOMENT, nullable=False),
        sa.Column("in_hour", sa.Integer(), nullable=False),
        sa.Column("day_at", _MOMENT, nullable=False),
        sa.Column("in_day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("lane", name="pk_pace_counts"),
    )
    op.create_table(
        "stops",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("because", sa.String(), server_default="", nullable=False),
        sa.Column("stopped_at", _MOMENT, nullable=False),
        sa.Column("lifted_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_stops"),
    )
    standing = sa.text("lifted_at IS NULL")
    op.create_index("uq_stops_standing", "stops", ["campaign"], unique=True, postgresql_where=standing)


def downgrade() -> None:
    op.drop_table("stops")
    op.drop_table("pace_counts")
    op.drop_table("paces")
    op.drop_index("ix_touches_lane_claimed_at", "touches")
    op.drop_column("touches", "turn_at")
    op.drop_column("touches", "lane")
