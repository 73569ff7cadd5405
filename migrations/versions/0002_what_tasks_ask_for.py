"""What tasks ask for and are answered, who owns a lead, who the reps are, and what happened lately."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("leads", sa.Column("owner", sa.String(), server_default="", nullable=False))
    op.create_index("ix_engagements_lately", "engagements", ["at", "lead_id"], postgresql_where=sa.text("kind <> 'enrolled'"))
    for text in ("channel", "artefact", "second_campaign"):
        op.add_column("tasks", sa.Column(text, sa.String(), server_default="", nullable=False))
    for lines in ("checklist", "asks", "outcomes", "answers"):
        op.add_column("tasks", sa.Column(lines, JSONB(), server_default=sa.text("'[]'"), nullable=False))
    op.add_column("tasks", sa.Column("learned", JSONB(), server_default=sa.text("'{}'"), nullable=False))
    for wish in ("wants_artefact", "names_owner"):
        op.add_column("tasks", sa.Column(wish, sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_table(
        "reps",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), server_default="", nullable=False),
        sa.Column("away_until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("name", name="pk_reps"),
    )


def downgrade() -> None:
    op.drop_table("reps")
    for column in ("names_owner", "wants_artefact", "learned", "answers", "outcomes", "asks", "checklist"):
        op.drop_column("tasks", column)
    for column in ("second_campaign", "artefact", "channel"):
        op.drop_column("tasks", column)
    op.drop_index("ix_engagements_lately", "engagements")
    op.drop_column("leads", "owner")
