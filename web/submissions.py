"""What a visitor typed into a form, checked field by field."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from nurture.places import country_problem, zone_problem
from nurture.plan.campaign import FieldPlan
from nurture.plan.form import Form
from nurture.profile import Value, Values
from store.addresses import normal
from store.desk import asks
from store.leads.leads import WrongPerson
from web.words import words

LONGEST = {
    "email": 254,
    "family_name": 100,
    "given_name": 100,
    "company": 200,
    "title": 100,
    "phone": 40,
    "country": 2,
    "language": 16,
    "zone": 64,
    "content": 48,
    "submission": 100,
    "medium": 48,
}
"""Every text field of a form, with the most characters that it may have."""

_LONGEST_IN_A_LINK = 200
_SLUG = re.compile(r"[a-z][a-z0-9_-]{0,47}")
_TICKED = {"on", "yes", "true", "1"}
_TURNS_TEXT_AROUND = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
REPEATED_WITHIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """What is wrong with a field: the sentence ``wrong_<code>`` of ``web.words``."""

    code: str
    values: tuple[tuple[str, object], ...] = ()

    def say(self, language: str) -> str:
        return words(language)[f"wrong_{self.code}"].format(**dict(self.values))


class WrongFields(ValueError):
    """``fields`` are the wrong ones by name."""

    def __init__(self, fields: dict[str, Wrong]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A form as it may be stored. Fields that nothing tells are empty.

    ``submission`` is the id that the page gave it, ``medium`` where the visitor came from.
    """

    email: str
    family_name: str
    given_name: str
    company: str
    title: str
    phone: str
    country: str
    language: str
    zone: str
    content: str
    consent: bool
    submission: str
    medium: str
    learned: Values = ()
    """What was answered of what the form ``asks``, as far as it is no part of the person."""

    def keys(self, form: str, now: datetime) -> tuple[str, ...]:
        """What makes a repeated submission recognisable: it is one when any of these keys was recorded. The first is the one to record.

        With an id from the page: that id, for this form, address, content and tick. Without: the same in this minute or the one before,
        so that a double click counts once and a second request an hour later counts.
        """
        same = f"{form}\n{self.email}\n{self.content}\n{self.consent}\n"
        if self.submission:
            return (_key(f"{same}id\n{self.submission}"),)
        minute = int(now.timestamp() // REPEATED_WITHIN.total_seconds())
        return _key(f"{same}minute\n{minute}"), _key(f"{same}minute\n{minute - 1}")


def _key(text: str) -> str:
    return f"form:{hashlib.sha256(text.encode()).hexdigest()}"


def is_bait(fields: Mapping[str, object]) -> bool:
    """Whether the field that people do not see was filled in, as programs do."""
    return fields.get("website") not in (None, "")


def is_ticked(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.strip().lower() in _TICKED)


def read_submission(fields: Mapping[str, object], form: Form, plans: Mapping[str, FieldPlan]) -> Submission:
    """Check every field; ``plans`` says what those of the campaign may hold. Fields that a form does not know are passed over.

    Raises WrongFields, which names all that are wrong at once.
    """
    wrong: dict[str, Wrong] = {}
    text = {name: read_text(name, fields.get(name), LONGEST[name], wrong) for name in LONGEST}
    text["country"], text["language"] = text["country"].upper(), text["language"].lower().split("-")[0]
    text["email"] = read_address(text["email"], wrong)
    if text["country"] and country_problem(text["country"]):
        wrong.setdefault("country", Wrong(code="country"))
    if text["language"] and not re.fullmatch(r"[a-z]{2}", text["language"]):
        wrong.setdefault("language", Wrong(code="language"))
    if text["zone"] and zone_problem(text["zone"]):
        wrong.setdefault("zone", Wrong(code="zone"))
    if text["submission"] and not re.fullmatch(r"[A-Za-z0-9_-]+", text["submission"]):
        wrong.setdefault("submission", Wrong(code="submission"))
    text["medium"] = medium_of(fields)
    wrong.pop("medium", None)
    text["content"] = _content(text["content"], form, wrong)
    learned = _learned(fields, {name: plans[name] for name in form.asks or () if name in plans and name not in LONGEST}, wrong)
    if wrong:
        raise WrongFields(wrong)
    return Submission(consent=is_ticked(fields.get("consent")), learned=learned, **text)


def _learned(fields: Mapping[str, object], plans: Mapping[str, FieldPlan], wrong: dict[str, Wrong]) -> Values:
    """The fields of the campaign that were filled in."""
    learned: list[tuple[str, Value]] = []
    for name, plan in plans.items():
        if typed := read_text(name, fields.get(name), LONGEST["content"], wrong):
            try:
                learned.append((name, asks.read(plan, typed)))
            except asks.WrongValue as value:
                choices = ", ".join(plan) if isinstance(plan, tuple) else ""
                wrong[name] = Wrong(code=value.code, values=(("choices", choices),) if choices else ())
    return tuple(sorted(learned))


@contextmanager
def asked_of_store() -> Iterator[None]:
    """What only the store knows to be wrong with a person is wrong with a field of the form: raises WrongFields."""
    try:
        yield
    except WrongPerson as wrong:
        raise WrongFields({wrong.field: refused_by_store(wrong.reason)}) from None


def refused_by_store(reason: str) -> Wrong:
    """What the store says of a field, in its own words."""
    return Wrong(code="store", values=(("reason", reason),))


def read_text(name: str, value: object, longest: int, wrong: dict[str, Wrong]) -> str:
    """One line of text without signs that cannot be printed, tidied; what is wrong with it goes into ``wrong``."""
    if value is None:
        return ""
    if not isinstance(value, str):
        wrong[name] = Wrong(code="not_text")
        return ""
    tidy = unicodedata.normalize("NFKC" if name in ("email", "phone") else "NFC", value.strip())
    if not tidy.isprintable() and any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") or c in _TURNS_TEXT_AROUND for c in tidy):
        wrong[name] = Wrong(code="control")
        return ""
    if len(tidy) > longest:
        codes = {"country": Wrong(code="country"), "language": Wrong(code="language"), "zone": Wrong(code="zone")}
        wrong[name] = codes.get(name, Wrong(code="too_long", values=(("limit", longest),)))
        return ""
    return tidy


def read_address(typed: str, wrong: dict[str, Wrong]) -> str:
    """The address as the store keeps it. Typed with full-width signs it has been made plain already."""
    if "email" in wrong:
        return ""
    if not typed:
        wrong["email"] = Wrong(code="missing")
        return ""
    try:
        return normal(typed)
    except ValueError:
        wrong["email"] = Wrong(code="email")
        return ""


def medium_of(fields: Mapping[str, object]) -> str:
    """The medium as a name: what the form says, or else what the link said. Empty where it is no name, which no visitor can help."""
    for field in ("medium", "utm_source"):
        text = read_text(field, fields.get(field), _LONGEST_IN_A_LINK, {}).lower()
        name = re.sub(r"[\s.]+", "_", text)
        if _SLUG.fullmatch(name):
            return name
    return ""


def _content(typed: str, form: Form, wrong: dict[str, Wrong]) -> str:
    """The content asked for; where a form has only one, it need not be named."""
    if "content" in wrong or not form.contents:
        return ""
    if not typed and len(form.contents) == 1:
        return form.contents[0]
    if typed not in form.contents:
        wrong["content"] = Wrong(code="choice", values=(("choices", ", ".join(form.contents)),))
    return typed
