"""Where a person is named: by address, telephone number or full name, in whatever column of whatever table, and inside of letters."""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from store.leads.known import pattern_of, without
from store.packing import packed, texts_of
from store.tables import Erasure, Touch

_BETWEEN: Final = r"(?:[^[:alnum:]]|\\[nrt]){1,8}"
_BYTES: Final = "bytea"
_JSON: Final = "jsonb"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One value in which somebody is named. ``place`` is where PostgreSQL has the row; it holds for this transaction."""

    table: str
    column: str
    place: str
    kind: str
    raw: str
    """The text, or the JSON as text."""
    said: tuple[str, ...]
    """All that can be read there."""


async def traces(session: AsyncSession, words: Collection[str], letters_to: Collection[UUID]) -> list[Trace]:
    """Every value of the database in which any of these words stands, but for what an erasure under way keeps to look for.

    Reads every table once, however many words there are. Of frozen letters only those to the leads ``letters_to`` are read: a letter says
    nothing of anybody but its recipient, and at most of a colleague.
    """
    if not words:
        return []
    is_named, found = pattern_of(words), list[Trace]()
    for column, row in await _hits(session, words, letters_to):
        if any(map(is_named, said := tuple(_texts(column.type, row.value)))):
            raw = "" if column.type == _BYTES else row.value
            found.append(Trace(table=column.table, column=column.column, place=row.place, kind=column.type, raw=raw, said=said))
    return found


async def _hits(session: AsyncSession, words: Collection[str], letters_to: Collection[UUID]) -> list[tuple[Any, Any]]:
    """The columns and rows in which PostgreSQL finds these words, among them such in which they are only a part of others."""
    known = (Erasure.__tablename__, Erasure.known.key)
    columns = [column for column in await session.execute(_COLUMNS) if (column.table, column.column) != known]
    wanted = {"plain": "|".join(sorted({_in_sql(form) for word in words for form in _small(word)})), "shortest": min(map(len, words))}
    await session.execute(_WITHOUT_COMPILING)
    hits = [(columns[row.number], row) for row in await session.execute(text(_in_texts(columns)), wanted)]
    packs = "|".join(sorted({"".join(map(_literally, form)) for word in words for form in packed(word)}))
    for column in columns:
        if column.type == _BYTES:
            leads = {"leads": list(letters_to)} if column.table == Touch.__tablename__ else {}
            where = "lead_id = ANY(CAST(:leads AS uuid[]))" if leads else "true"
            query = _IN_BYTES.format(table=_quoted(column.table), column=_quoted(column.column), where=where)
            hits += [(column, row) for row in await session.execute(text(query), wanted | leads | {"packed": packs})]
    return hits


def _in_texts(columns: Iterable[Any]) -> str:
    """What looks into all these columns but those of bytes; ``number`` is a column's place among them."""
    of_tables: dict[str, list[str]] = {}
    for number, column in enumerate(columns):
        if column.type != _BYTES:
            of_tables.setdefault(column.table, []).append(f"({number}, CAST(one.{_quoted(column.column)} AS text))")
    return " UNION ALL ".join(_IN_TEXTS.format(table=_quoted(table), values=", ".join(values)) for table, values in of_tables.items())


async def cut_out(session: AsyncSession, words: Collection[str], found: Iterable[Trace]) -> None:
    """Put ``GONE`` where these words stand in a text; a letter goes as a whole, and is written anew where it has not gone yet."""
    rows: dict[tuple[str, str], list[Trace]] = {}
    for trace in found:
        rows.setdefault((trace.table, trace.place), []).append(trace)
    for (table, place), of_row in rows.items():
        changes, values = list[str](), dict[str, Any](place=place)
        for number, trace in enumerate(of_row):
            changes.append(f"{_quoted(trace.column)} = {_placed(trace, number)}")
            if trace.kind != _BYTES:
                values[f"value_{number}"] = _without(words, trace)
        if table == Touch.__tablename__ and any(trace.kind == _BYTES for trace in of_row):
            changes.append("message_id = CASE WHEN sent_at IS NOT NULL THEN message_id END")
        # A row that somebody changed meanwhile has another place: it is found again, and cut then.
        await session.execute(
            text(f"UPDATE {_quoted(table)} SET {', '.join(changes)} WHERE ctid = CAST(CAST(:place AS text) AS tid)"), values
        )


def _placed(trace: Trace, number: int) -> str:
    return "NULL" if trace.kind == _BYTES else f"CAST(CAST(:value_{number} AS text) AS {trace.kind})"


def _without(words: Collection[str], trace: Trace) -> str:
    if trace.kind == _JSON:
        return json.dumps(without(words, json.loads(trace.raw)), ensure_ascii=False)
    return str(without(words, trace.raw))


def _texts(kind: str, value: Any) -> Iterator[str]:
    """All that can be read in the value of a column."""
    if kind == _BYTES:
        yield from texts_of(value)
    elif kind == _JSON:
        yield from _strings(json.loads(value))
    else:
        yield value


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for one in value:
                yield from _strings(one)
        case dict():
            yield from _strings([*value.keys(), *value.values()])
        case _:
            pass


def _in_sql(said: str) -> str:
    """As a regular expression of PostgreSQL's. Between two words may stand whatever JSON or mail puts there for a space or a new line."""
    return _BETWEEN.join("".join(map(_literally, word)) for word in said.split(" "))


def _small(word: str) -> set[str]:
    """The word as the database may have it in small letters: what beside a to z has capitals depends on its locale."""
    return {re.sub("[A-Z]", lambda sign: sign[0].lower(), form) for form in (word.lower(), word.upper())}


def _literally(sign: str) -> str:
    if sign == '"':
        return r'\\?"'
    return sign if sign.isalnum() or not sign.isascii() else "\\" + sign


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


_COLUMNS: Final = text("""
    SELECT table_name AS "table", column_name AS "column", CASE WHEN data_type = 'json' THEN 'jsonb' ELSE data_type END AS type
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'
    AND data_type IN ('text', 'character varying', 'character', 'json', 'jsonb', 'bytea')
    ORDER BY table_name, ordinal_position
""")

_WITHOUT_COMPILING: Final = text("SET LOCAL jit = off")
"""Where tables are large, PostgreSQL would compile a statement about all of them, which takes it seconds."""

_IN_TEXTS: Final = """
    SELECT said.number, CAST(one.ctid AS text) AS place, said.value
    FROM {table} AS one CROSS JOIN LATERAL (VALUES {values}) AS said (number, value)
    WHERE length(said.value) >= :shortest AND lower(said.value) ~ :plain
"""

_IN_BYTES: Final = """
    SELECT place, value FROM (
        SELECT CAST(ctid AS text) AS place, {column} AS value,
            replace(replace(replace(encode({column}, 'escape'), E'\\r', ''), E'=\\n', ''), E'\\n', ' ') AS said
        FROM {table} WHERE {column} IS NOT NULL AND {where}
    ) AS read
    WHERE length(said) >= :shortest AND lower(said) ~ :plain OR replace(said, ' ', '') ~ :packed
"""
