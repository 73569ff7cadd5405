"""Where somebody is named: whatever the column, however mail packs it, and never where only a part of a word is the same."""

from email.message import EmailMessage
from uuid import uuid4

import pytest
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from store.database import Database
from store.erasing.traces import cut_out, traces
from store.leads.known import Known, full_names, pattern_of, without

pytestmark = pytest.mark.anyio

WORDS = ("ann@example.com", "Ann Lee", "水沢花子", "水沢 花子")


def letter(said: str, charset: str, packing: str, shift: int) -> bytes:
    message = EmailMessage()
    message["Subject"] = "About somebody"
    message.set_content("." * shift + said, charset=charset, cte=packing)
    return message.as_bytes()


PACKED = [
    pytest.param(letter(said, charset, packing, shift), id=f"{charset} {packing} {shift}")
    for charset, packing, said in (
        ("utf-8", "base64", "ask 水沢花子 today"),
        ("utf-8", "quoted-printable", "ask 水沢花子 today, or write to somebody else who knows"),
        ("utf-8", "8bit", "ask 水沢花子 today"),
        ("iso-2022-jp", "7bit", "水沢花子"),
        ("shift_jis", "base64", "水沢花子"),
        ("utf-8", "base64", "write to Ann@example.com"),
        ("utf-8", "quoted-printable", "x" * 70 + " ann@example.com"),
    )
    for shift in range(3)
]


@pytest.mark.parametrize("message", PACKED)
async def test_a_name_inside_of_a_message_is_found_however_it_is_packed(database: Database, message: bytes) -> None:
    async with database.transaction() as session:
        await session.execute(_STRAY, {"message": message, "said": ""})

        [found] = await traces(session, WORDS, [])
        await cut_out(session, WORDS, [found])

        assert (found.table, found.column) == ("strays", "message")
        assert await traces(session, WORDS, []) == []


async def test_a_message_that_names_nobody_is_left_alone(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(
            _STRAY, {"message": letter("write to joann@example.com", "utf-8", "base64", 0) + b"\0\xff", "said": "Joann Lee"}
        )

        assert await traces(session, WORDS, []) == []


async def test_two_columns_of_one_row_are_both_put_right(database: Database) -> None:
    async with database.transaction() as session:
        await session.execute(_STRAY, {"message": letter("Ann  Lee", "utf-8", "7bit", 0), "said": "ANN LEE (ann@example.com)"})

        await cut_out(session, WORDS, await traces(session, WORDS, []))

        row = (await session.execute(text("SELECT said, message FROM strays"))).one()
    assert tuple(row) == ("[erased] ([erased])", None)


@pytest.mark.parametrize(
    ("said", "is_named"),
    [
        ("ann@example.com", True),
        ("<ANN@example.com>, and others", True),
        ("Write to ann@example.com.", True),
        ("joann@example.com", False),
        ("ann@example.com.au", False),
        ("ann@example.community", False),
        ("mary.ann@example.com", False),
        ("Ann\n  Lee", True),
        ("Ann Leeds", False),
        ("Joann Lee", False),
        ("担当は水沢花子です", True),
    ],
)
def test_a_part_of_another_word_is_nobody(said: str, is_named: bool) -> None:
    assert pattern_of(WORDS)(said) is is_named


def test_words_are_cut_out_of_whatever_holds_texts() -> None:
    held = {"text": ["Ann Lee", 3, None], "by": {"Ann Lee": "ann@example.com!"}}

    assert without(WORDS, held) == {"text": ["[erased]", 3, None], "by": {"[erased]": "[erased]!"}}


def test_nobody_is_looked_for_by_half_a_name_or_a_short_number() -> None:
    assert full_names("Lee", "") == ()
    assert Known(addresses=("ann@example.com",), phone="12").words == ("ann@example.com",)
    assert "+442079460958" in Known(addresses=(), phone="+44 20 7946-0958").words


@pytest.mark.parametrize("said", ["Ask Ann Lee.", "Ask Ann\n   Lee.", "Ask Ann\tLEE", 'Ask "Ann Lee"', "Ask 水沢　花子".replace("　", " ")])
async def test_a_name_inside_of_json_is_found_whatever_stands_between_its_parts(database: Database, said: str) -> None:
    async with database.transaction() as session:
        lead = uuid4()
        await session.execute(text("INSERT INTO leads (id, email, created_at) VALUES (:id, 'eve@example.com', now())"), {"id": lead})
        kept = "INSERT INTO engagements (lead_id, seq, kind, at, facts, details) VALUES (:id, 1, 'replied', now(), '{}', :details)"
        await session.execute(text(kept).bindparams(bindparam("details", type_=JSONB)), {"id": lead, "details": {"said": [said]}})

        found = await traces(session, WORDS, [])

    assert [(trace.table, trace.column) for trace in found] == [("engagements", "details")]


async def test_what_is_looked_for_is_not_found_in_what_says_so(database: Database) -> None:
    async with database.transaction() as session:
        begun = "INSERT INTO erasures (lead_id, reason, by, address_key, begun_at, known) VALUES (:id, '', '', '', now(), '[\"Ann Lee\"]')"
        await session.execute(text(begun), {"id": uuid4()})

        assert await traces(session, WORDS, []) == []


_STRAY = text("INSERT INTO strays (digest, arrived_at, sort, reason, said, message) VALUES ('1', now(), 'unclear', '', :said, :message)")
