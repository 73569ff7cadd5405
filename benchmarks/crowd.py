"""Very many leads with everything that pages show of them, made by a few statements in a database that is thrown away."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import text

from local.processes import ROOT
from nurture.plan.campaign import Campaign
from nurture.reading.language import read_campaign
from store.campaigns import campaigns
from store.database import Database

COLLEAGUES: Final = 10
"""Leads of a company."""

LONG_STORY: Final = 300
"""How often something happened to the one lead whose story is the longest, and as many decisions."""

_OPEN_TASKS: Final = 1000


async def gather(database: Database, leads: int, now: datetime) -> None:
    """Fill an empty database with leads in the sample campaigns, some years of engagements, decisions and letters, and tasks."""
    async with database.transaction() as session:
        editions = [_edition(name) for name in ("welcome", "customer")]
        for campaign in editions:
            await campaigns.keep(session, campaign, "", now - timedelta(days=700))
    facts = {"leads": leads, "now": now, "each": COLLEAGUES, "story": LONG_STORY, "tasks": _OPEN_TASKS}
    facts |= {campaign.campaign: campaign.ref for campaign in editions}
    for statement in _FILL:
        await _run(database, statement, facts)


async def _run(database: Database, statement: str, facts: Mapping[str, Any]) -> None:
    asked = text(statement)
    async with database.transaction() as session:
        await session.execute(asked, {name: value for name, value in facts.items() if name in asked._bindparams})


def _edition(name: str) -> Campaign:
    return read_campaign((ROOT / "campaigns" / f"{name}.yaml").read_text(encoding="utf-8"), f"{name}.yaml")


_LIFE: Final = """
    SELECT id, number, CAST(:now AS timestamptz) - (40 + number % 760) * interval '1 day' AS came_at FROM numbered
"""
_NUMBERED: Final = "WITH numbered AS (SELECT id, CAST(substr(email, 5, position('@' in email) - 5) AS int) AS number FROM leads)"

_FILL: Final = (
    "SELECT setseed(0.5)",
    """INSERT INTO accounts (id, name, created_at)
       SELECT gen_random_uuid(), 'Company ' || n, CAST(:now AS timestamptz) - interval '800 days'
       FROM generate_series(0, CAST(:leads AS int) / CAST(:each AS int)) AS n""",
    """INSERT INTO leads (id, account_id, email, family_name, given_name, language, country, zone, fit, created_at, engagements,
           enrollments)
       SELECT gen_random_uuid(), accounts.id, 'lead' || n || '@example.com', 'Family ' || n % 5000, 'Given ' || n % 300,
           CASE n % 2 WHEN 0 THEN 'ja' ELSE 'en' END, 'JP', 'Asia/Tokyo', (ARRAY['good', 'unknown', 'poor'])[n % 3 + 1],
           CAST(:now AS timestamptz) - (40 + n % 760) * interval '1 day', CASE n WHEN 1 THEN CAST(:story AS int) ELSE 6 END, 1
       FROM generate_series(1, CAST(:leads AS int)) AS n JOIN accounts ON name = 'Company ' || n / CAST(:each AS int)""",
    f"""{_NUMBERED}, life AS ({_LIFE})
       INSERT INTO enrollments (lead_id, number, campaign, ref, enrolled_at, over_at)
       SELECT id, 1, CASE number % 10 WHEN 0 THEN 'customer' ELSE 'welcome' END,
           CASE number % 10 WHEN 0 THEN CAST(:customer AS text) ELSE CAST(:welcome AS text) END,
           came_at, CASE number % 4 WHEN 3 THEN came_at + interval '90 days' END FROM life""",
    f"""{_NUMBERED}, life AS ({_LIFE})
       INSERT INTO engagements (lead_id, seq, kind, at, source, facts, relayed_at)
       SELECT id, seq, kind, at, 'form:download',
           jsonb_build_object('kind', kind, 'at', at) || CASE kind
               WHEN 'downloaded' THEN '{{"content": "planning_guide"}}' WHEN 'visited' THEN '{{"content": "pricing"}}'
               WHEN 'clicked' THEN '{{"letter": "hello"}}'
               WHEN 'enrolled' THEN jsonb_build_object('campaign', CAST(:welcome AS text), 'enrollment', 1, 'profile', '{{}}'::jsonb)
               ELSE '{{}}' END, at
       FROM life CROSS JOIN LATERAL generate_series(1, CASE number WHEN 1 THEN CAST(:story AS int) ELSE 6 END) AS seq
       CROSS JOIN LATERAL (SELECT came_at + seq * interval '2 days' * (1 + number % 3),
           CASE seq WHEN 1 THEN 'enrolled' ELSE (ARRAY['downloaded', 'visited', 'clicked', 'replied'])[(seq + number) % 4 + 1] END
       ) AS happened (at, kind)""",
    f"""{_NUMBERED}, life AS ({_LIFE})
       INSERT INTO notes (lead_id, no, at, what, why, by, ref)
       SELECT id, no, came_at + no * interval '3 days' * (1 + number % 3),
           CASE no WHEN 2 THEN 'stage awareness → interest' WHEN 4 THEN 'stage interest → consideration'
               ELSE 'welcome: hello → interest' END,
           'it downloaded the planning guide, and waited for three days', 'rule downloaded', CAST(:welcome AS text)
       FROM life CROSS JOIN LATERAL generate_series(1, CASE number WHEN 1 THEN CAST(:story AS int) ELSE 5 END) AS no""",
    f"""{_NUMBERED}, life AS ({_LIFE})
       INSERT INTO touches (key, lead_id, enrollment, campaign, letter, topic, why, claimed_at, language, address, message_id, attempts,
           attempted_at, sent_at, delivered_at, replied_at)
       SELECT key, id, 1, CAST(:welcome AS text), (ARRAY['hello', 'checklist', 'cost'])[nth], 'maintenance', 'due after 3 days', at, 'en',
           'lead' || number || '@example.com', '<' || key || '@sodate.example.com>', 1, at, at, at + interval '1 minute',
           CASE (number + nth) % 29 WHEN 0 THEN at + interval '5 hours' END
       FROM life CROSS JOIN generate_series(1, 3) AS nth
       CROSS JOIN LATERAL (SELECT gen_random_uuid(), came_at + nth * interval '5 days') AS sent (key, at)""",
    f"""{_NUMBERED}, life AS ({_LIFE})
       INSERT INTO standings (lead_id, no, open, stage, next_at, deadline_at, why, positions)
       SELECT id, 9, number % 4 <> 3,
           (ARRAY['awareness', 'interest', 'consideration', 'evaluation', 'purchase', 'repeat'])[number % 6 + 1],
           CASE WHEN number % 4 <> 3 THEN CAST(:now AS timestamptz) + (1 + number % 90) * interval '1 day' END, NULL,
           'it waits for three weeks before the next letter', '[{{"enrollment": 1, "track": "hello", "step": "wait"}}]' FROM life""",
    f"""{_NUMBERED}
       INSERT INTO consents (id, address, topic, basis, given_at, evidence)
       SELECT gen_random_uuid(), 'lead' || number || '@example.com', 'maintenance', 'opt_in', :now, '{{"text": "Yes"}}' FROM numbered""",
    f"""{_NUMBERED}
       INSERT INTO contracts (lead_id, ends_on, auto_renews, changed_at)
       SELECT id, CAST(:now AS date) + number % 365, number % 20 = 0, :now FROM numbered WHERE number % 10 = 0""",
    f"""{_NUMBERED}, life AS ({_LIFE})
       INSERT INTO tasks (id, lead_id, enrollment, campaign, reason, say, why, opened_at, deadline_at, owner, claimed_by, checklist,
           completed_at, completed_by, outcome, notes)
       SELECT gen_random_uuid(), id, 1, 'welcome', (ARRAY['replied', 'asked_for_a_demo', 'stalled'])[number % 3 + 1],
           'Call, and ask what they plan.', 'it replied', opened_at, opened_at + interval '2 days', 'sales',
           CASE WHEN number <= CAST(:tasks AS int) / 10 THEN 'Mika' ELSE '' END, '["What do they plan?"]',
           CASE WHEN number > CAST(:tasks AS int) THEN opened_at + interval '1 day' END,
           CASE WHEN number > CAST(:tasks AS int) THEN 'Mika' ELSE '' END,
           CASE WHEN number > CAST(:tasks AS int) THEN 'nurture' ELSE '' END, ''
       FROM life CROSS JOIN LATERAL (SELECT CASE WHEN number <= CAST(:tasks AS int)
           THEN CAST(:now AS timestamptz) - number % 60 * interval '1 hour' ELSE came_at + interval '20 days' END) AS task (opened_at)
       WHERE number <= CAST(:tasks AS int) OR number % 3 = 0""",
    """UPDATE standings SET deadline_at = tasks.deadline_at, next_at = tasks.deadline_at FROM tasks
       WHERE tasks.lead_id = standings.lead_id AND completed_at IS NULL""",
)
