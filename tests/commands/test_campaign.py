"""Campaigns: checked without a database, started once, and nobody in them twice."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from commands.campaigns import starting
from nurture.reading.schema import campaign_schema
from store.consent import consents
from store.database import Database

pytestmark = pytest.mark.anyio

Starter = Callable[..., Awaitable[Any]]
Ask = Callable[..., Awaitable[list[Any]]]

ROOT = Path(__file__).resolve().parents[2]
CAMPAIGNS = ROOT / "campaigns"
CALLS = """\
campaign: calls
topic: insights
start: begin
tracks:
  begin:
    stage: interest
    steps:
      - wait: 3 days
      - {step}
"""


def write(folder: Path, step: str = "end: over", name: str = "calls") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(CALLS.replace("{step}", step).replace("campaign: calls", f"campaign: {name}"), encoding="utf-8")
    return path


async def imported(starter: Starter, tmp_path: Path, *rows: str) -> Path:
    """Leads from a file with the columns that matter here; its name."""
    file = tmp_path / "leads.csv"
    file.write_text("\n".join(["email,segment,campaign,consent_basis,consent_at,consent_topic", *rows, ""]), encoding="utf-8")
    assert (await starter("leads", "import", file)).code == 0
    return file


THREE = (
    "ada@example.com,large,calls,opt_in,2026-05-01,insights",
    "eve@example.com,small,calls,,,",
    "zoe@example.com,large,other,opt_in,2026-05-01,insights",
)


async def test_the_sample_campaigns_are_right_and_that_is_found_without_any_settings(bare_starter: Starter) -> None:
    samples = sorted(CAMPAIGNS.glob("*.yaml"))
    done = await bare_starter("campaign", "check", *samples)
    as_json = await bare_starter("campaign", "check", CAMPAIGNS / "welcome.yaml", "--json")

    assert (done.code, done.err, done.out.count("is right")) == (0, "", len(samples))
    assert (as_json.json["ok"], as_json.json["problems"], as_json.json["campaigns"][0]["campaign"]) == (True, [], "welcome")


async def test_everything_wrong_in_every_file_is_said_at_once_with_line_and_fix(bare_starter: Starter, tmp_path: Path) -> None:
    right = write(tmp_path)
    misspelt = tmp_path / "misspelt.yaml"
    misspelt.write_text(CALLS.replace("{step}", "ende: over").replace("calls", "misspelt"), encoding="utf-8")
    without_letter = write(tmp_path, "email: hello", "without-letter")
    onward = write(tmp_path, "enroll: cals", "onward")
    nowhere = write(tmp_path, "enroll: customer", "nowhere")

    done = await bare_starter("campaign", "check", right, misspelt, without_letter, onward, nowhere, tmp_path / "none.yaml")

    lines = done.err.splitlines()
    assert done.code == 1
    assert lines[0].startswith(f"{misspelt}:9: 'ende' is not known here; ")
    missing = "email_templates/without-letter/hello.en.html"
    assert lines[1] == f"{without_letter}:9: the letter 'hello' is missing in the campaign's language, 'en'; write {missing}"
    assert lines[2] == f"{onward}:9: it begins the campaign 'cals', which is not known; did you mean 'calls'?"
    assert lines[3].startswith(f"{nowhere}:9: it begins the campaign 'customer', which is not known; write its file")
    assert lines[4] == f"{tmp_path}/none.yaml: there is no such file; see if its name is right"
    assert lines[5].startswith("5 problems")
    assert done.out == f"{right}: 'calls' is right: 1 track, 0 letters, 0 rules, 0 forms\n"


async def test_two_files_of_one_name_and_a_folder_without_letters_are_found(bare_starter: Starter, tmp_path: Path) -> None:
    one = write(tmp_path)
    other = tmp_path / "copy.yaml"
    other.write_text(one.read_text(), encoding="utf-8")

    twice = await bare_starter("campaign", "check", one, other)
    no_letters = await bare_starter("campaign", "check", one, TEMPLATES_DIR=str(tmp_path / "nothing"))

    assert (twice.code, f"{other}:1: 'calls' is also the name of the campaign in {one}; give" in twice.err) == (1, True)
    assert (no_letters.code, "there is no such folder of letters" in no_letters.err) == (1, True)


async def test_a_campaign_that_was_started_may_be_led_on_to_without_its_file(starter: Starter, tmp_path: Path) -> None:
    assert (await starter("campaign", "start", write(tmp_path))).code == 0
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    onward = write(elsewhere, "enroll: calls", "onward")

    with_database = await starter("campaign", "check", onward)
    without = await starter("campaign", "check", onward, DATABASE_URL=None)
    away = await starter("campaign", "check", onward, DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")

    assert (with_database.code, without.code, away.code) == (0, 1, 1)
    assert "were not looked at" in away.err


async def test_the_schema_that_editors_use_can_be_printed(bare_starter: Starter) -> None:
    assert (await bare_starter("campaign", "schema")).json == campaign_schema()


async def test_started_twice_nobody_is_enrolled_twice_and_it_says_so(starter: Starter, ask: Ask, tmp_path: Path) -> None:
    leads, file = await imported(starter, tmp_path, *THREE), write(tmp_path)

    first = await starter("campaign", "start", file, "--leads", leads, "--no-wait", "--json")
    second = await starter("campaign", "start", file, "--leads", leads, "--no-wait")
    everyone = await starter("campaign", "start", file, "--leads", "all", "--no-wait", "--json")

    assert (first.code, first.json["enrolled"], first.json["already"], first.json["waiting"]) == (0, 2, 0, 2)
    assert (second.code, "Nobody is enrolled twice: 2 leads are all in it already" in second.out) == (0, True)
    assert (everyone.json["enrolled"], everyone.json["already"], everyone.json["is_new_edition"]) == (1, 2, False)
    assert await ask("SELECT count(*) FROM engagements WHERE kind = 'enrolled'") == [3]


async def test_it_says_how_many_will_get_no_letter(starter: Starter, tmp_path: Path, database: Database, now: datetime) -> None:
    await imported(starter, tmp_path, *THREE)
    async with database.transaction() as session:
        await consents.suppress(session, "zoe@example.com", "insights", "unsubscribed", now)

    done = await starter("campaign", "start", write(tmp_path), "--leads", "all", "--no-wait", "--json")
    said = await starter("campaign", "start", write(tmp_path), "--leads", "all", "--no-wait")

    assert done.json["mailable"] == {"allowed": 1, "no_consent": 1, "suppressed": 1}
    assert "1 lead without a consent for 'insights': they get no letter and are handed to a human instead" in said.out
    assert "1 lead must not be written to" in said.out


async def test_leads_can_be_named_by_segment_address_and_id(starter: Starter, ask: Ask, tmp_path: Path) -> None:
    await imported(starter, tmp_path, *THREE)
    (eve,) = await ask("SELECT id FROM leads WHERE email = 'eve@example.com'")

    large = await starter("campaign", "start", write(tmp_path), "--segment", "large", "--no-wait", "--json")
    named = await starter("campaign", "start", write(tmp_path), "--lead", "ADA@example.com", "--lead", eve, "--no-wait", "--json")

    assert (large.json["enrolled"], named.json["enrolled"], named.json["already"]) == (2, 1, 1)


MISSING: list[tuple[list[str], int, str]] = [
    (["--lead", "nobody@example.com"], 1, "there is no lead 'nobody@example.com'"),
    (["--segment", "larg"], 1, "nobody is in the segment 'larg'; did you mean 'large'?"),
    (["--leads", "nothing.csv"], 1, "nothing.csv: there is no such file"),
    (["--leads", "all", "--segment", "large"], 2, "choose one of --leads, --lead and --segment"),
]


async def test_leads_that_are_not_there_stop_everything(starter: Starter, ask: Ask, tmp_path: Path) -> None:
    await imported(starter, tmp_path, *THREE)

    for options, code, said in MISSING:
        done = await starter("campaign", "start", write(tmp_path), *options)

        assert (done.code, said in done.err) == (code, True), options
    assert await ask("SELECT count(*) FROM campaign_editions") == [0]


async def test_addresses_of_a_file_that_nobody_imported_are_counted_and_the_others_start(starter: Starter, tmp_path: Path) -> None:
    leads = await imported(starter, tmp_path, *THREE)
    leads.write_text(leads.read_text() + 'new@example.com,,calls,,,\n"broken\n', encoding="utf-8")
    strangers = tmp_path / "strangers.csv"
    strangers.write_text("email\nnew@example.com\n", encoding="utf-8")
    others = tmp_path / "others.csv"
    others.write_text("email,campaign\nada@example.com,other\n", encoding="utf-8")

    some = await starter("campaign", "start", write(tmp_path), "--leads", leads, "--no-wait", "--json")
    none = await starter("campaign", "start", write(tmp_path), "--leads", strangers)
    of_others = await starter("campaign", "start", write(tmp_path), "--leads", others)

    assert (some.json["enrolled"], some.json["unknown"], some.json["unread"]) == (2, 1, 1)
    assert (none.code, "none of its 1 addresses is known; take them in first" in none.err) == (1, True)
    assert (of_others.code, "no row of it has 'calls' in its column 'campaign'" in of_others.err) == (1, True)


async def test_a_wrong_campaign_or_one_that_leads_on_to_nowhere_starts_nothing(starter: Starter, ask: Ask, tmp_path: Path) -> None:
    await imported(starter, tmp_path, *THREE)
    onward = write(tmp_path, "enroll: calls", "onward")
    write(tmp_path)

    wrong = await starter("campaign", "start", write(tmp_path, "email: hello", "wrong"), "--leads", "all")
    stranded = await starter("campaign", "start", onward, "--leads", "all")
    nothing = await ask("SELECT count(*) FROM campaign_editions")
    target = await starter("campaign", "start", tmp_path / "calls.yaml")
    again = await starter("campaign", "start", onward, "--leads", "all", "--no-wait")

    assert (wrong.code, "the letter 'hello' is missing" in wrong.err, "nothing was started" in wrong.err) == (1, True, True)
    assert (stranded.code, f"{onward}:9: it begins the campaign 'calls', which is not known; start it first" in stranded.err) == (1, True)
    assert nothing == [0]
    assert (target.code, "Nobody is enrolled by this" in target.out, again.code) == (0, True, 0)


async def test_a_dry_run_shows_what_would_happen_and_changes_nothing(starter: Starter, ask: Ask, tmp_path: Path) -> None:
    await imported(starter, tmp_path, *THREE)

    done = await starter("campaign", "start", write(tmp_path), "--leads", "all", "--dry-run")

    assert (done.code, "3 leads enrolled" in done.out, "nothing was started" in done.out) == (0, True, True)
    assert await ask("SELECT (SELECT count(*) FROM campaign_editions), (SELECT count(*) FROM enrollments)") == [(0, 0)]


async def test_without_a_worker_it_says_that_nothing_is_lost_and_how_to_go_on(
    starter: Starter, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(starting, "UNEASY_SECONDS", 0.1)
    monkeypatch.setattr(starting, "PATIENCE_SECONDS", 1.0)
    await imported(starter, tmp_path, *THREE)

    done = await starter("campaign", "start", write(tmp_path), "--leads", "all")

    assert done.code == 3
    assert done.err.count("Nothing moves. Does a worker run") == 1
    assert "3 leads still wait and nothing moves: no worker runs, or Temporal is away. Nothing is lost" in done.err
    assert "python worker.py" in done.err
    assert await ask("SELECT count(*) FROM enrollments") == [3]


async def test_the_list_shows_what_was_started(starter: Starter, tmp_path: Path) -> None:
    nothing = await starter("campaign", "list")
    await imported(starter, tmp_path, *THREE)
    await starter("campaign", "start", write(tmp_path), "--leads", "all", "--no-wait")
    changed = write(tmp_path, "end: done")
    await starter("campaign", "start", changed, "--no-wait", "--under-way", "keep", clock=lambda: datetime(2027, 3, 2, tzinfo=UTC))

    shown, as_json = await starter("campaign", "list"), await starter("campaign", "list", "--json")

    assert "No campaign was started yet" in nothing.out
    assert "02 Mar 2027 00:00" in shown.out
    (row,) = as_json.json
    assert {name: row[name] for name in ("name", "topic", "editions", "leads", "waiting", "forms")} == {
        "name": "calls",
        "topic": "insights",
        "editions": 2,
        "leads": 3,
        "waiting": 3,
        "forms": [],
    }
