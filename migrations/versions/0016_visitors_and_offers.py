"""Where leads came from, what visitors agreed to, and files that are given after a form."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"

_MOMENT = postgresql.TIMESTAMP(timezone=True)
_JSON = postgresql.JSONB(none_as_null=True)


def upgrade() -> None:
    op.create_table(
        "visitors",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("site", sa.String(), server_default="", nullable=False),
        sa.Column("agreed_at", _MOMENT, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.Column("first", _JSON, nullable=True),
        sa.Column("last", _JSON, nullable=True),
        sa.Column("shown", _JSON, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_visitors"),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_visitors_lead_id_leads"),
    )
    op.create_index("ix_visitors_seen_at", "visitors", ["seen_at"])
    op.create_index("ix_visitors_lead_id", "visitors", ["lead_id"])
    op.create_table(
        "arrivals",
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("first", _JSON, nullable=False),
        sa.Column("last", _JSON, nullable=False),
        sa.PrimaryKeyConstraint("lead_id", name="pk_arrivals"),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_arrivals_lead_id_leads"),
    )
    op.create_table(
        "handouts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("details", _JSON, server_default=sa.text("'{}'"), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("fetched_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_handouts"),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_handouts_lead_id_leads"),
    )
    op.create_index("ix_handouts_lead_id", "handouts", ["lead_id"])


def downgrade() -> None:
    for table in ("handouts", "arrivals", "visitors"):
        op.drop_table(table)
