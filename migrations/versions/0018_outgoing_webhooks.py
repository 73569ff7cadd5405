"""Receivers of webhooks, and what goes to them: a fact and the messages that tell of it are written by the same statement."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"

_MOMENT = postgresql.TIMESTAMP(timezone=True)
_JSON = postgresql.JSONB(astext_type=sa.Text())

_TELL = """
    CREATE FUNCTION tell_receivers(type text, lead uuid, at timestamptz, facts jsonb) RETURNS void LANGUAGE sql AS $$
        WITH told AS (
            INSERT INTO webhook_messages (id, receiver_id, type, lead_id, at, facts, due_at)
            SELECT gen_random_uuid(), webhook_receivers.id, $1, $2, $3, jsonb_strip_nulls($4), $3
            FROM webhook_receivers
            WHERE off_at IS NULL AND (kinds = '[]' OR kinds ?| ARRAY[$1, split_part($1, '.', 1)])
            RETURNING 1
        )
        SELECT pg_notify('webhooks', '') WHERE EXISTS (SELECT FROM told)
    $$
"""

_HEARD = "IF NOT EXISTS (SELECT FROM webhook_receivers WHERE off_at IS NULL) THEN RETURN NULL; END IF;"
"""Where nobody wants to hear of anything, nothing else is done."""

_TELLS = {
    "leads": f"""
        {_HEARD}
        PERFORM tell_receivers('lead.created', id, created_at, '{{}}') FROM written;
    """,
    "engagements": f"""
        {_HEARD}
        PERFORM tell_receivers(
            CASE kind WHEN 'erased' THEN 'lead.erased' ELSE 'engagement.' || kind END, lead_id, at,
            CASE kind WHEN 'erased' THEN '{{}}' ELSE jsonb_build_object('seq', seq) END
        ) FROM written;
    """,
    "touches": f"""
        {_HEARD}
        about := jsonb_build_object('letter', NEW.letter, 'key', NEW.key, 'campaign', NEW.campaign, 'enrollment', NEW.enrollment);
        IF OLD.sent_at IS NULL AND NEW.sent_at IS NOT NULL THEN
            PERFORM tell_receivers('letter.sent', NEW.lead_id, NEW.sent_at, about);
        END IF;
        IF OLD.bounced_at IS NULL AND NEW.bounced_at IS NOT NULL THEN
            PERFORM tell_receivers('letter.bounced', NEW.lead_id, NEW.bounced_at, about);
        END IF;
        IF OLD.refused_at IS NULL AND NEW.refused_at IS NOT NULL AND NEW.refusal <> 'paced' THEN
            PERFORM tell_receivers('letter.refused', NEW.lead_id, NEW.refused_at, about || jsonb_build_object('refusal', NEW.refusal));
        END IF;
    """,
    "tasks": f"""
        {_HEARD}
        about := jsonb_build_object(
            'task', NEW.id, 'reason', NEW.reason, 'campaign', NEW.campaign, 'enrollment', NEW.enrollment, 'deadline_at', NEW.deadline_at
        );
        IF TG_OP = 'INSERT' THEN
            PERFORM tell_receivers('task.opened', NEW.lead_id, NEW.opened_at, about);
        END IF;
        IF OLD.escalated_at IS NULL AND NEW.escalated_at IS NOT NULL THEN
            PERFORM tell_receivers('task.overdue', NEW.lead_id, NEW.escalated_at, about);
        END IF;
        IF OLD.completed_at IS NULL AND NEW.completed_at IS NOT NULL THEN
            PERFORM tell_receivers('task.completed', NEW.lead_id, NEW.completed_at, about || jsonb_build_object('outcome', NEW.outcome));
        END IF;
    """,
    # Only what the customer does moves the stage: its moment is that of the last thing that happened.
    "standings": f"""
        {_HEARD}
        PERFORM tell_receivers('stage.changed', NEW.lead_id, at, jsonb_build_object('stage', NEW.stage, 'before', OLD.stage))
        FROM engagements WHERE lead_id = NEW.lead_id ORDER BY seq DESC LIMIT 1;
    """,
    "contracts": f"""
        {_HEARD}
        PERFORM tell_receivers(
            'contract.changed', NEW.lead_id, NEW.changed_at, jsonb_build_object('ends_on', NEW.ends_on, 'auto_renews', NEW.auto_renews)
        );
    """,
    "consents": f"""
        {_HEARD}
        PERFORM tell_receivers('consent.withdrawn', id, NEW.withdrawn_at, jsonb_build_object('topic', NEW.topic))
        FROM leads WHERE email = NEW.address;
    """,
    "notes": f"""
        {_HEARD}
        PERFORM tell_receivers('renewal.opened', NEW.lead_id, NEW.at, jsonb_build_object('campaign', NEW.ref, 'track', rule ->> 'go'))
        FROM campaign_editions, jsonb_array_elements(CAST(snapshot AS jsonb) -> 'rules') AS rule
        WHERE ref = NEW.ref AND 'rule ' || (rule ->> 'name') = NEW."by" AND rule -> 'when' ->> 'contract_ends_in' IS NOT NULL;
    """,
}
"""What is told of a row of each table."""

_ROWS = {
    ("touches", "INSERT"): "NEW.sent_at IS NOT NULL OR NEW.refused_at IS NOT NULL",
    ("touches", "UPDATE"): """
        OLD.sent_at IS NULL AND NEW.sent_at IS NOT NULL OR OLD.bounced_at IS NULL AND NEW.bounced_at IS NOT NULL
        OR OLD.refused_at IS NULL AND NEW.refused_at IS NOT NULL
    """,
    ("tasks", "INSERT"): "true",
    ("tasks", "UPDATE"): """
        OLD.escalated_at IS NULL AND NEW.escalated_at IS NOT NULL OR OLD.completed_at IS NULL AND NEW.completed_at IS NOT NULL
    """,
    ("standings", "INSERT"): "true",
    ("standings", "UPDATE"): "OLD.stage <> NEW.stage",
    ("contracts", "INSERT"): "true",
    ("contracts", "UPDATE"): "(OLD.ends_on, OLD.auto_renews) IS DISTINCT FROM (NEW.ends_on, NEW.auto_renews)",
    ("consents", "UPDATE"): "OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL",
    ("notes", "INSERT"): "starts_with(NEW.by, 'rule ') AND NEW.ref <> ''",
}
"""Of which changes of a row of each table."""


def upgrade() -> None:
    op.create_table(
        "webhook_receivers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("kinds", _JSON, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("with_person", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("secret_no", sa.Integer(), server_default="1", nullable=False),
        sa.Column("rotated_at", _MOMENT, nullable=True),
        sa.Column("failing_since", _MOMENT, nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rests_until", _MOMENT, nullable=True),
        sa.Column("off_at", _MOMENT, nullable=True),
        sa.Column("off_because", sa.String(), server_default="", nullable=False),
        sa.Column("told_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_receivers"),
    )
    op.create_table(
        "webhook_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("no", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("receiver_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("facts", _JSON, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("attempted_at", _MOMENT, nullable=True),
        sa.Column("problem", sa.String(), server_default="", nullable=False),
        sa.Column("delivered_at", _MOMENT, nullable=True),
        sa.Column("dead_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_messages"),
        sa.ForeignKeyConstraint(
            ["receiver_id"], ["webhook_receivers.id"], name="fk_webhook_messages_receiver_id_webhook_receivers", ondelete="CASCADE"
        ),
    )
    waiting = sa.text("due_at IS NOT NULL")
    op.create_index("ix_webhook_messages_due", "webhook_messages", ["receiver_id", "due_at"], postgresql_where=waiting)
    op.create_index("ix_webhook_messages_order", "webhook_messages", ["receiver_id", "lead_id", "no"], postgresql_where=waiting)
    op.create_index("ix_webhook_messages_lead_id", "webhook_messages", ["lead_id"])
    op.create_index("ix_webhook_messages_over", "webhook_messages", ["receiver_id", "attempted_at"])

    op.execute(_TELL)
    for table, told in _TELLS.items():
        op.execute(f"""
            CREATE FUNCTION webhooks_of_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE
                about jsonb;
            BEGIN
                {told}
                RETURN NULL;
            END $$
        """)
    for table in ("leads", "engagements"):
        op.execute(f"""
            CREATE TRIGGER tell_receivers AFTER INSERT ON {table} REFERENCING NEW TABLE AS written
            FOR EACH STATEMENT EXECUTE FUNCTION webhooks_of_{table}()
        """)
    for (table, change), when in _ROWS.items():
        op.execute(f"""
            CREATE TRIGGER tell_receivers_after_{change.lower()} AFTER {change} ON {table}
            FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION webhooks_of_{table}()
        """)


def downgrade() -> None:
    for table, change in _ROWS:
        op.execute(f"DROP TRIGGER tell_receivers_after_{change.lower()} ON {table}")
    for table in ("leads", "engagements"):
        op.execute(f"DROP TRIGGER tell_receivers ON {table}")
    for table in _TELLS:
        op.execute(f"DROP FUNCTION webhooks_of_{table}()")
    op.execute("DROP FUNCTION tell_receivers(text, uuid, timestamptz, jsonb)")
    op.drop_table("webhook_messages")
    op.drop_table("webhook_receivers")
