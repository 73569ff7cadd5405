"""Taking leads in: every good row, every bad row named with its line, and the same file twice changes nothing."""

import csv as plain_csv
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from commands.leads import importing
from store.consent import consents
from store.database import Database

pytestmark = pytest.mark.anyio

Starter = Callable[..., Awaitable[Any]]
Ask = Callable[..., Awaitable[list[Any]]]
Write = Callable[..., Path]

SAMPLE = Path(__file__).resolve().parents[2] / "demo" / "sample_leads.csv"
HEADER = "email,family_name,company,country,zone,consent_basis,consent_at,consent_topic"
ADA = "ada@example.com,Lovelace,Engines,GB,Europe/London,opt_in,2026-05-01T10:00:00+01:00,insights"


@pytest.mark.requirement("S4-108")
async def test_a_file_of_real_looking_leads_goes_in_whole_and_the_second_time_changes_nothing(starter: Starter, ask: Ask) -> None:
    first = await starter("leads", "import", SAMPLE, "--json")
    second = await starter("leads", "import", SAMPLE)
    again = await starter("leads", "import", SAMPLE, "--json")

    assert (first.code, first.json["new"], first.json["consents"], first.json["refused"]) == (0, 200, 195, 0)
    assert (second.code, "Nothing changed" in second.out) == (0, True)
    assert {name: again.json[name] for name in ("new", "filled", "unchanged", "consents")} == {
        "new": 0,
        "filled": 0,
        "unchanged": 200,
        "consents": 0,
    }
    assert await ask("SELECT count(*) FROM leads") == [200]


WRONG_ROWS = [
    ("nobody,,,,,,,", "email: is not a mail address"),
    (",Lovelace,,,,,,", "email: is missing"),
    ("eve@example.com,Eve\x07,,,,,,", "family_name: has control characters or line breaks"),
    ('eve@example.com,"Eve\nHacker",,,,,,', "family_name: has control characters or line breaks"),
    (f"eve@example.com,{'x' * 201},,,,,,", "family_name: is longer than 200 characters"),
    ("eve@example.com,,,Jappan,,,,", "country: there is no country 'JAPPAN': write 'JP'"),
    ("eve@example.com,,,,Asia/Tokio,,,", "zone: there is no time zone 'Asia/Tokio': write 'Asia/Tokyo'"),
    ("eve@example.com,,,,,opt_in,soon,insights", "consent_at: is not a date; write it like 2027-03-01"),
    ("eve@example.com,,,,,opt_in,2027-02-30,insights", "consent_at: is not a date"),
    ("eve@example.com,,,,,opt_in,2028-01-01,insights", "consent_at: lies in the future"),
    ("eve@example.com,,,,,opt_in,0207-01-01,insights", "consent_at: lies before 1990"),
    ("eve@example.com,,,,,opt_in,9999-12-31T23:59:59-12:00,insights", "consent_at: lies in the future"),
    ("eve@example.com,,,,,optin,2027-01-01,insights", "consent_basis: is not a lawful ground; did you mean 'opt_in'?"),
    ("eve@example.com,,,,,opt_in,2027-01-01,", "consent_topic: missing; a consent has all three"),
    ("eve@example.com,,,,,,2027-01-01,", "consent_basis and consent_topic: missing"),
    ("eve@example.com,,,,,opt_in,2027-01-01,All News", "consent_topic: is not the topic of a campaign"),
    ("eve@example.com,,,,,", "this row has 6 of 8 fields"),
    ("eve@example.com,,,,,,,,surplus", "this row has 9 fields and the header 8; see if a comma stands outside of quotes"),
    ('eve@example.com,"Eve,,,,,,', "a quote is opened in this row and not closed"),
    ('eve@example.com,"Eve" Hacker,,,,,,', "this is not CSV"),
    ("ADA@example.com,,,,,opt_in,2027-01-01,insights", "email: is in this file already, on line 2"),
]
"""Rows, and how the reason begins for which each is refused."""


async def test_every_wrong_row_is_named_with_its_line_and_every_good_one_goes_in(starter: Starter, ask: Ask, csv: Write) -> None:
    lines, expected = [HEADER, ADA], list[tuple[int, str]]()
    for place, (row, reason) in enumerate(WRONG_ROWS):
        expected.append((sum(line.count("\n") + 1 for line in lines) + 1, reason))
        lines += [row, f"lead{place}@example.com,,,,,,,"]
    file = csv("\n".join(lines) + "\n")

    done = await starter("leads", "import", file)

    said = [line.removeprefix(f"{file}:").split(": ", 1) for line in done.err.splitlines()]
    assert [(int(line), reason[: len(begins)]) for (line, reason), (_, begins) in zip(said, expected, strict=True)] == expected
    assert done.code == 1
    assert await ask("SELECT count(*) FROM leads") == [1 + len(WRONG_ROWS)]


async def test_everything_that_is_wrong_with_a_row_is_said_at_once(starter: Starter, csv: Write) -> None:
    done = await starter("leads", "import", csv(f"{HEADER}\nnobody,,,Atlantis,Asia/Tokio,spam,soon,insights\n"), "--json")

    assert done.code == 1
    (row,) = done.json["refused_rows"]
    assert row["line"] == 2
    assert [part.split(":")[0].strip() for part in row["reason"].split(";") if ":" in part][:3] == ["email", "country", "zone"]
    assert "consent_basis" in row["reason"]


@pytest.mark.parametrize(
    ("encoding", "end", "called"),
    [("utf-8", "\n", "UTF-8"), ("utf-8-sig", "\r\n", "UTF-8"), ("cp932", "\r\n", "Shift_JIS"), ("utf-8", "\r", "UTF-8")],
)
async def test_files_are_read_as_peoples_programs_write_them(
    starter: Starter, ask: Ask, csv: Write, encoding: str, end: str, called: str
) -> None:
    rows = ["Email,Family Name,company", 'ono@example.co.jp,小野,"表示,株式会社"', "", ",,", "bad,髙橋,ソニー能登"]

    done = await starter("leads", "import", csv(end.join(rows).encode(encoding)))

    assert called in done.out
    assert ":5: email: is not a mail address" in done.err
    assert await ask("SELECT email, family_name, name FROM leads JOIN accounts ON accounts.id = account_id") == [
        ("ono@example.co.jp", "小野", "表示,株式会社")
    ]


async def test_lines_are_counted_through_fields_of_several_lines_and_past_a_quote_that_is_never_closed(
    starter: Starter, ask: Ask, csv: Write
) -> None:
    rows = [
        "email,company,title",
        'ada@example.com,"Engines\nLtd",',
        'eve@example.com,"never closed,',
        *(f"lead{n}@example.com,," for n in range(9)),
    ]

    done = await starter("leads", "import", csv("\n".join([*rows, "bad,,"])), "--json")

    assert [row["line"] for row in done.json["refused_rows"]] == [2, 4, 14]
    assert await ask("SELECT count(*) FROM leads") == [9]


async def test_semicolons_and_tabs_are_understood(starter: Starter, csv: Write) -> None:
    semicolons = await starter("leads", "import", csv("email;company\nada@example.com;Engines, Ltd\n"), "--json")
    tabs = await starter("leads", "import", csv("email\tcompany\neve@example.com\tEngines, Ltd\n"), "--json")

    assert (semicolons.json["new"], tabs.json["new"]) == (1, 1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"\n\n  \n", "the file is empty"),
        (b"PK\x03\x04\x00\x00", "this is a workbook or an archive"),
        ("email\nada@example.com\n".encode("utf-16"), "this is UTF-16"),
        (b"email,company\nada@example.com,caf\xe9 latte\n", ":2: this is not UTF-8 nor Shift_JIS: byte 0xe9, number 34 of the file"),
        (b"emial,company\n", ":1: the column 'email' is missing; did you mean it by 'emial'?"),
        (b"company,zone\n", ":1: the column 'email' is missing"),
        (b"email,zone,zone\n", ":1: the column 'zone' is there twice"),
        (b"email,,zone\n", ":1: column 2 has no name"),
        (b'email,"zone\n', ":1: a quote is opened in this row and not closed"),
    ],
)
async def test_a_file_that_is_wrong_as_a_whole_is_refused_with_place_and_fix(
    bare_starter: Starter, csv: Write, content: bytes, said: str
) -> None:
    file = csv(content)

    done = await bare_starter("leads", "import", file)

    assert (done.code, done.out) == (1, "")
    assert said in done.err
    assert done.err.startswith(str(file))
    assert len(done.err.splitlines()) == 1


async def test_a_file_without_rows_and_a_file_that_is_not_there_are_said_to_be_so(starter: Starter, csv: Write, tmp_path: Path) -> None:
    empty = await starter("leads", "import", csv("email\n"))
    missing = await starter("leads", "import", tmp_path / "nothing.csv")

    assert (empty.code, "no rows" in empty.out) == (0, True)
    assert (missing.code, "there is no such file" in missing.err) == (1, True)


async def test_an_encoding_can_be_named_and_a_wrong_one_is_refused_before_anything_goes_in(starter: Starter, ask: Ask, csv: Write) -> None:
    file = csv("email,company\nada@example.com,café latte\n".encode("cp1252"))

    wrong = await starter("leads", "import", file, "--encoding", "ascii")
    unknown = await starter("leads", "import", file, "--encoding", "base64")
    right = await starter("leads", "import", file, "--encoding", "cp1252")

    assert (wrong.code, f"{file}:2: this is not ascii: byte 0xe9" in wrong.err) == (1, True)
    assert (unknown.code, "there is no encoding 'base64'" in unknown.err) == (1, True)
    assert (right.code, await ask("SELECT name FROM accounts")) == (0, ["café latte"])


async def test_refused_rows_can_be_corrected_in_the_report_and_imported_from_it(
    starter: Starter, ask: Ask, csv: Write, tmp_path: Path
) -> None:
    report = tmp_path / "refused.csv"
    file = csv(f"{HEADER}\n{ADA}\nzoe@example,小野,,,,,,\n")

    first = await starter("leads", "import", file, "--report", report)
    with report.open(encoding="utf-8-sig", newline="") as written:
        (row,) = plain_csv.DictReader(written)
    report.write_text(report.read_text(encoding="utf-8-sig").replace("zoe@example,", "zoe@example.com,"), encoding="utf-8")
    second = await starter("leads", "import", report)
    over_itself = await starter("leads", "import", file, "--report", file)

    assert (first.code, row["line"], row["reason"], row["family_name"]) == (1, "3", "email: is not a mail address", "小野")
    assert (second.code, await ask("SELECT email FROM leads ORDER BY 1")) == (0, ["ada@example.com", "zoe@example.com"])
    assert (over_itself.code, "would overwrite the file itself" in over_itself.err) == (1, True)


async def test_who_refused_letters_is_taken_in_but_stays_refused(
    starter: Starter, ask: Ask, csv: Write, database: Database, now: datetime
) -> None:
    async with database.transaction() as session:
        await consents.suppress(session, "ada@example.com", consents.EVERYTHING, "unsubscribed", now)
        await consents.suppress(session, "zoe@example.com", "offers", "unsubscribed", now)

    done = await starter("leads", "import", csv(f"{HEADER}\n{ADA}\nzoe@example.com,,,,,opt_in,2027-01-01,insights\n"), "--json")

    assert (done.json["new"], done.json["suppressed"], done.json["consents"]) == (2, 1, 1)
    assert await ask("SELECT address FROM consents") == ["zoe@example.com"]


async def test_the_moment_and_the_place_of_a_consent_are_kept_as_proof(starter: Starter, ask: Ask, csv: Write) -> None:
    rows = "a@example.com,,,,Asia/Tokyo,opt_in,2026/05/01,insights\nb@example.com,,,,,business_card,2026-05-01T10:00:00+09:00,insights\n"

    await starter("leads", "import", csv(f"{HEADER}\n{rows}"))

    assert await ask("SELECT evidence FROM consents ORDER BY address") == [
        {"file": "leads.csv", "line": 2, "source": ""},
        {"file": "leads.csv", "line": 3, "source": ""},
    ]
    given_at = await ask("SELECT given_at FROM consents ORDER BY address")
    assert [at.isoformat() for at in given_at] == ["2026-04-30T15:00:00+00:00", "2026-05-01T01:00:00+00:00"]


async def test_what_is_known_is_filled_up_and_never_overwritten(starter: Starter, ask: Ask, csv: Write) -> None:
    await starter("leads", "import", csv("email,family_name\nada@example.com,Lovelace\neve@example.com,Eve\n"))

    done = await starter(
        "leads", "import", csv("email,family_name,title\nada@example.com,King,Countess\neve@example.com,Adam,\n"), "--json"
    )

    assert (done.json["new"], done.json["filled"], done.json["unchanged"]) == (0, 1, 1)
    assert await ask("SELECT family_name, title FROM leads ORDER BY email") == [("Lovelace", "Countess"), ("Eve", "")]


async def test_only_the_rows_of_one_campaign_can_be_taken(starter: Starter, ask: Ask, csv: Write) -> None:
    file = csv("email,campaign\nada@example.com,welcome\neve@example.com,exhibition\nzoe@example.com,\n")

    done = await starter("leads", "import", file, "--campaign", "welcome", "--json")
    no_column = await starter("leads", "import", csv("email\nada@example.com\n", "plain.csv"), "--campaign", "welcome")

    assert (done.json["new"], done.json["of_other_campaigns"], await ask("SELECT email FROM leads")) == (1, 2, ["ada@example.com"])
    assert (no_column.code, "there is no column 'campaign'" in no_column.err) == (1, True)


async def test_one_person_may_stand_in_a_file_once_for_each_topic(starter: Starter, ask: Ask, csv: Write) -> None:
    rows = "".join(f"ada@example.com,,,,,opt_in,2027-01-01,{topic}\n" for topic in ("insights", "offers", "insights"))

    done = await starter("leads", "import", csv(f"{HEADER}\n{rows}"), "--json")

    assert (done.json["new"], [row["line"] for row in done.json["refused_rows"]]) == (1, [4])
    assert await ask("SELECT topic FROM consents ORDER BY topic") == ["insights", "offers"]


async def test_more_rows_than_one_transaction_takes_go_in_and_none_twice(
    starter: Starter, ask: Ask, csv: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 100)
    rows = "".join(f"lead{n}@example.com,Firm {n % 7},opt_in,2027-01-01,insights\n" for n in range(350))
    file = csv(f"email,company,consent_basis,consent_at,consent_topic\n{rows}")

    first = await starter("leads", "import", file, "--json")
    second = await starter("leads", "import", file, "--json")

    assert (first.json["new"], first.json["consents"]) == (350, 350)
    assert (second.json["new"], second.json["unchanged"]) == (0, 350)
    assert await ask("SELECT (SELECT count(*) FROM leads), (SELECT count(*) FROM accounts)") == [(350, 7)]


async def test_a_column_that_is_not_known_is_passed_over_and_named_with_what_was_meant(starter: Starter, ask: Ask, csv: Write) -> None:
    file = csv("email,compnay,shoe_size\nada@example.com,Engines,38\n")

    done = await starter("leads", "import", file)
    as_json = await starter("leads", "import", file, "--json")

    known = "known are email, family_name, given_name, title, phone, language, country, zone, fit, segment, source, company, consent_basis"
    assert done.code == 0
    assert f"{file}:1: the column 'compnay' is not known and is passed over; did you mean 'company'?" in done.err
    assert f"{file}:1: the column 'shoe_size' is not known and is passed over; {known}" in done.err
    assert not re.search(r"known are .*\b(line|reason)\b", done.err)
    assert as_json.json["unknown_columns"] == ["compnay", "shoe_size"]
    assert await ask("SELECT email FROM leads") == ["ada@example.com"]


async def test_a_folder_is_said_to_be_one(bare_starter: Starter, tmp_path: Path) -> None:
    done = await bare_starter("leads", "import", tmp_path)

    assert (done.code, done.err) == (1, f"{tmp_path}: this is a folder; name a CSV file in it\n")


async def test_a_campaign_that_no_row_names_is_an_error_with_the_nearest(starter: Starter, ask: Ask, csv: Write) -> None:
    file = csv("email,campaign\nada@example.com,welcome\neve@example.com,exhibition\n")

    done = await starter("leads", "import", file, "--campaign", "welcom")

    assert (done.code, "no row has 'welcom' in its column 'campaign'" in done.err, "did you mean 'welcome'?" in done.err) == (1, True, True)
    assert await ask("SELECT count(*) FROM leads") == [0]


async def test_the_clock_of_a_lead_follows_from_its_country_where_that_has_one_zone(starter: Starter, ask: Ask, csv: Write) -> None:
    rows = "a@example.com,JP,,2026/05/01\nb@example.com,US,,2026/05/01\nc@example.com,JP,Europe/London,2026/05/01\n"
    columns = "email,country,zone,consent_at,consent_basis,consent_topic"
    file = csv(f"{columns}\n" + "".join(f"{row},opt_in,insights\n" for row in rows.splitlines()))

    await starter("leads", "import", file)

    assert await ask("SELECT zone FROM leads ORDER BY email") == ["Asia/Tokyo", "", "Europe/London"]
    assert [f"{at:%H:%M}" for at in await ask("SELECT given_at FROM consents ORDER BY address")] == ["15:00", "00:00", "23:00"]


EUROPEAN = ["Pérez", "François", "Straße", "Åsa", "PÉREZ", "Señor", "CAFÉ", "Élise", "Zoë Ødegård"]
JAPANESE = [
    "小野",
    "髙橋",
    "ABCｼｽﾃﾑ",
    "NTT東日本",
    "IT･通信",
    "freee株式会社",
    "Web制作Lab",
    "Sansan株式会社",
    "ｴｰｱｲ",
    "e-ラーニング研究所",
    "㈱山田",
]


@pytest.mark.parametrize("name", EUROPEAN)
async def test_european_names_are_not_taken_for_japanese_ones(starter: Starter, ask: Ask, csv: Write, name: str) -> None:
    file = csv(f"email,family_name,company\nada@example.com,Lovelace,x\nb@example.com,{name},x\n".encode("cp1252"))

    guessed = await starter("leads", "import", file)
    named = await starter("leads", "import", file, "--encoding", "cp1252")

    assert guessed.code == 1
    assert guessed.err.startswith(f"{file}:3: ")
    assert "save it as 'CSV UTF-8', or say what it is, like --encoding cp1252" in guessed.err
    assert (named.code, await ask("SELECT family_name FROM leads ORDER BY email")) == (0, ["Lovelace", name])


async def test_japanese_names_with_latin_letters_are_read_as_they_are(starter: Starter, ask: Ask, csv: Write) -> None:
    rows = "".join(f"lead{place:02}@example.co.jp,{name}\n" for place, name in enumerate(JAPANESE))

    done = await starter("leads", "import", csv(f"email,family_name\n{rows}".encode("cp932")))

    assert done.code == 0, done.err
    assert await ask("SELECT family_name FROM leads ORDER BY email") == JAPANESE


async def test_a_corrected_file_is_told_what_it_says_otherwise_and_how_to_put_that_right(starter: Starter, ask: Ask, csv: Write) -> None:
    columns = "email,family_name,company,country,zone,source\n"
    await starter("leads", "import", csv(f"{columns}ada@example.com,P駻ez,Engines,JP,,fair\neve@example.com,Eve,,,,\n"))
    corrected = csv(f"{columns}ada@example.com,Pérez,Motors,ES,Europe/Madrid,list\neve@example.com,Eve,,,,\n")

    done = await starter("leads", "import", corrected)
    as_json = await starter("leads", "import", corrected, "--json")

    assert done.code == 0
    assert f"{corrected}:2: known with another family_name, country, zone, company, which was kept" in done.err
    assert "with everything it says" not in done.out
    assert "lead set ADDRESS family_name=" in done.out
    assert as_json.json["differing_rows"] == [{"line": 2, "fields": ["family_name", "country", "zone", "company"]}]
    assert await ask("SELECT family_name, zone FROM leads ORDER BY email") == [("P駻ez", "Asia/Tokyo"), ("Eve", "")]


async def test_leads_whose_zone_nobody_can_tell_are_counted(starter: Starter, ask: Ask, csv: Write) -> None:
    file = csv("email,country,zone\nada@example.com,US,\nbob@example.com,US,America/Chicago\neve@example.com,DE,\nsam@example.com,,\n")

    done, again = await starter("leads", "import", file), await starter("leads", "import", file, "--json")

    assert "2 leads have no time zone that could be told, so the hours of letters are those of UTC" in done.out
    assert again.json["without_zone"] == 2
    assert await ask("SELECT zone FROM leads ORDER BY email") == ["", "America/Chicago", "Europe/Berlin", ""]
