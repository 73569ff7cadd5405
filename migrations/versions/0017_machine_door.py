"""Tokens of the API, and the answers to requests that are made again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"

_MOMENT = postgresql.TIMESTAMP(timezone=True)
_BYTES = postgresql.BYTEA()


def upgrade() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("token_hash", _BYTES, nullable=False),
        sa.Column("scopes", postgresql.JSONB(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=True),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.Column("revoked_at", _MOMENT, nullable=True),
        sa.Column("revoked_by", sa.String(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_api_tokens"),
        sa.UniqueConstraint("token_hash", name="uq_api_tokens_token_hash"),
    )
    op.create_index("uq_api_tokens_standing", "api_tokens", ["name"], unique=True, postgresql_where=sa.text("revoked_at IS NULL"))
    op.create_table(
        "api_answers",
        sa.Column("token_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", _BYTES, nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", postgresql.JSONB(), nullable=False),
        sa.Column("body", _BYTES, nullable=False),
        sa.Column("lead_ids", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("kept_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("token_id", "key", name="pk_api_answers"),
        sa.ForeignKeyConstraint(["token_id"], ["api_tokens.id"], name="fk_api_answers_token_id_api_tokens"),
    )
    op.create_index("ix_api_answers_kept_at", "api_answers", ["kept_at"])
    op.create_index("ix_standings_stage_lead_id", "standings", ["stage", "lead_id"])
    op.create_index("ix_leads_segment_id", "leads", ["segment", "id"], postgresql_where=sa.text("segment <> ''"))


def downgrade() -> None:
    op.drop_index("ix_leads_segment_id", "leads")
    op.drop_index("ix_standings_stage_lead_id", "standings")
    op.drop_table("api_answers")
    op.drop_table("api_tokens")
