"""What the demonstration's report asks of the database, over all leads at once."""

from typing import Final

from sqlalchemy import text

TOTALS: Final = text("""
    SELECT (SELECT count(*) FROM leads) AS leads,
           (SELECT count(*) FROM enrollments) AS enrolled,
           (SELECT count(*) FROM touches WHERE sent_at IS NOT NULL) AS sent,
           (SELECT count(*) FROM touches WHERE refused_at IS NOT NULL AND sent_at IS NULL) AS stopped,
           (SELECT count(*) FROM tasks) AS handoffs,
           (SELECT count(*) FROM tasks WHERE escalated_at IS NOT NULL) AS escalated,
           (SELECT count(*) FROM contracts) AS customers,
           (SELECT count(*) FROM standings WHERE NOT open) AS closed
""")

LETTERS: Final = text("""
    SELECT campaign, letter, CAST(sum(n) AS int) AS sent, jsonb_object_agg(language, n) AS by_language
    FROM (
        SELECT split_part(campaign, '@', 1) AS campaign, letter, language, count(*) AS n
        FROM touches WHERE sent_at IS NOT NULL GROUP BY 1, 2, 3
    ) AS by_language
    GROUP BY campaign, letter ORDER BY campaign DESC, sum(n) DESC, letter
""")

STOPPED: Final = text("""
    SELECT refusal, count(*) AS n FROM touches WHERE refused_at IS NOT NULL AND sent_at IS NULL GROUP BY refusal ORDER BY n DESC, refusal
""")

HANDOFFS: Final = text("""
    SELECT reason, CAST(sum(n) AS int) AS opened, CAST(sum(escalated) AS int) AS escalated,
           CAST(coalesce(sum(n) FILTER (WHERE answer = 'waiting'), 0) AS int) AS waiting,
           coalesce(jsonb_object_agg(answer, n) FILTER (WHERE answer <> 'waiting'), '{}') AS answers
    FROM (
        SELECT reason, count(*) AS n, count(escalated_at) AS escalated,
               CASE WHEN completed_at IS NOT NULL THEN outcome WHEN withdrawn_at IS NOT NULL THEN 'withdrawn' ELSE 'waiting' END AS answer
        FROM tasks GROUP BY reason, 4
    ) AS by_answer
    GROUP BY reason ORDER BY sum(n) DESC, reason
""")

RENEWALS: Final = text("""
    SELECT (SELECT count(*) FROM notes WHERE what LIKE 'customer: % → renewal') AS opened,
           (SELECT count(*) FROM tasks WHERE reason = 'renewal' AND outcome = 'won') AS renewed,
           (SELECT count(*) FROM tasks WHERE reason = 'renewal' AND outcome = 'lost') AS lost,
           (SELECT count(*) FROM notes WHERE what LIKE 'customer: renewal% → steady' AND why LIKE 'rule ''extended''%') AS settled,
           (SELECT count(*) FROM standings WHERE open AND positions @? '$[*] ? (@.track starts with "renewal")') AS deciding
""")

OPEN_LEADS: Final = text("""
    SELECT trim(CASE WHEN language = 'ja' THEN concat(family_name, ' ', given_name) ELSE concat(given_name, ' ', family_name) END) AS name,
           coalesce(accounts.name, '') AS company, stage,
           coalesce((SELECT string_agg(place ->> 'track', ', ') FROM jsonb_array_elements(positions) AS place), '') AS track,
           next_at, coalesce(task.owner, '') AS owner, task.deadline_at, standings.why
    FROM standings
    JOIN leads ON leads.id = lead_id
    LEFT JOIN accounts ON accounts.id = account_id
    LEFT JOIN LATERAL (
        SELECT CASE WHEN claimed_by <> '' AND owner <> 'leader' THEN claimed_by ELSE owner END AS owner, deadline_at FROM tasks
        WHERE tasks.lead_id = standings.lead_id AND completed_at IS NULL AND withdrawn_at IS NULL ORDER BY deadline_at LIMIT 1
    ) AS task ON true
    WHERE open
    ORDER BY least(next_at, task.deadline_at), lead_id
""")

MONTHS: Final = text("""
    SELECT CAST(first AS date) AS first,
           (SELECT count(*) FROM touches WHERE sent_at >= first AND sent_at < next) AS letters,
           (SELECT count(*) FROM tasks WHERE opened_at >= first AND opened_at < next) AS handoffs,
           (SELECT count(*) FROM notes WHERE what LIKE 'customer: % → renewal' AND at >= first AND at < next) AS renewals
    FROM (
        SELECT first, date_add(first, '1 month', 'UTC') AS next
        FROM generate_series(
            date_trunc('month', CAST(:since AS timestamptz), 'UTC'), CAST(:until AS timestamptz), '1 month', 'UTC'
        ) AS first
    ) AS months
    ORDER BY 1
""")

STORIES: Final = text("""
    WITH lived AS (
        SELECT id AS lead_id, engagements AS much,
               ARRAY(SELECT outcome FROM tasks WHERE lead_id = leads.id) AS outcomes,
               ARRAY(SELECT reason FROM tasks WHERE lead_id = leads.id) AS reasons,
               ARRAY(SELECT kind FROM engagements AS e WHERE lead_id = leads.id) AS kinds,
               ARRAY(SELECT outcome FROM tasks WHERE lead_id = leads.id AND reason = 'renewal') AS renewal,
               (SELECT max(CAST(facts ->> 'until' AS date) - CAST(at AS date)) FROM engagements AS e
                WHERE lead_id = leads.id AND facts ->> 'outcome' = 'not_now') AS held
        FROM leads
    ), fitting AS (
        SELECT 1 AS place, 'Won, and renewed' AS title, lead_id, much FROM lived WHERE 'won' = ANY(renewal)
        UNION ALL SELECT 2, 'Won, and lost at the renewal', lead_id, much FROM lived WHERE 'lost' = ANY(renewal)
        UNION ALL SELECT 3, 'The contract moved', lead_id, much FROM lived WHERE 'contract_changed' = ANY(kinds)
        UNION ALL SELECT 4, 'Stalled, until a person looked', lead_id, much FROM lived
            WHERE reasons @> '{everybody_gone,beyond_the_machine}'
        UNION ALL SELECT 5, 'Opted out', lead_id, much FROM lived WHERE 'opted_out' = ANY(kinds)
        UNION ALL SELECT 6, 'Put off for long', lead_id, held FROM lived WHERE held IS NOT NULL
        UNION ALL SELECT 7, 'A proposal, and then nothing', lead_id, much FROM lived WHERE 'stalled_after_proposal' = ANY(reasons)
        UNION ALL SELECT 8, 'A customer who used it less', lead_id, much FROM lived WHERE 'usage_fell' = ANY(reasons)
    )
    SELECT title, lead_id FROM fitting ORDER BY place, much DESC, lead_id
""")
