"""What dashboards count."""

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    # How far leads came and how long they stayed: where each was before a move, and the moves of a period.
    op.execute("CREATE INDEX ix_notes_stages ON notes (lead_id, at) INCLUDE (what) WHERE what LIKE 'stage %'")
    op.execute("CREATE INDEX ix_notes_stages_at ON notes (at) INCLUDE (lead_id, what) WHERE what LIKE 'stage %'")
    # Which renewals were opened.
    op.execute("CREATE INDEX ix_notes_rules ON notes (lead_id, at) INCLUDE (by) WHERE by LIKE 'rule %'")
    op.execute("CREATE INDEX ix_enrollments_enrolled_at ON enrollments (enrolled_at)")
    op.execute("CREATE INDEX ix_tasks_opened_at ON tasks (opened_at)")
    op.execute("CREATE INDEX ix_touches_sent_at ON touches (sent_at)")
    op.execute("CREATE INDEX ix_touches_refused_at ON touches (refused_at) WHERE sent_at IS NULL")


def downgrade() -> None:
    for name in ("notes_stages", "notes_stages_at", "notes_rules", "enrollments_enrolled_at", "tasks_opened_at", "touches_sent_at", "touches_refused_at"):
        op.drop_index(f"ix_{name}")
