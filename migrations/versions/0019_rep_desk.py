"""Tasks put off and handed over, and letters that a rep writes. Whoever changes a task tells the pages that show them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"

_MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.add_column("tasks", sa.Column("snoozed_until", _MOMENT, nullable=True))
    op.add_column("tasks", sa.Column("planned", sa.String(), server_default="", nullable=False))
    op.add_column("tasks", sa.Column("planned_at", _MOMENT, nullable=True))
    op.execute(
        "CREATE FUNCTION tell_of_tasks() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_notify('tasks', ''); RETURN NULL; END $$"
    )
    op.execute("CREATE TRIGGER tasks_changed AFTER INSERT OR UPDATE OR DELETE ON tasks FOR EACH STATEMENT EXECUTE FUNCTION tell_of_tasks()")
    op.create_table(
        "handovers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("giver", sa.String(), nullable=False),
        sa.Column("taker", sa.String(), nullable=False),
        sa.Column("word", sa.String(), server_default="", nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_handovers"),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name="fk_handovers_task_id_tasks"),
    )
    op.create_index("ix_handovers_task_id", "handovers", ["task_id"])
    op.create_table(
        "personal_letters",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("touch_key", sa.Uuid(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("writer", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_personal_letters"),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_personal_letters_lead_id_leads"),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name="fk_personal_letters_task_id_tasks"),
    )
    for column in ("lead_id", "task_id", "touch_key"):
        op.create_index(f"ix_personal_letters_{column}", "personal_letters", [column])
    op.create_index("ix_personal_letters_writer_written_at", "personal_letters", ["writer", "written_at"])


def downgrade() -> None:
    op.drop_table("personal_letters")
    op.drop_table("handovers")
    op.execute("DROP TRIGGER tasks_changed ON tasks")
    op.execute("DROP FUNCTION tell_of_tasks()")
    for column in ("planned_at", "planned", "snoozed_until"):
        op.drop_column("tasks", column)
