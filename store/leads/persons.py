"""A person as a form, a file or a rep names one: refused with field and reason, or right in every field."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from nurture.kinds import Fit
from nurture.places import country_problem, zone_problem
from store import addresses
from store.places import zone_in

LONGEST: Final = 200
"""Characters that a field may have."""

_SLUG: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,47}")
_UNSAFE: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNS_TEXT_AROUND: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class WrongPerson(ValueError):
    """A field that cannot be right. ``reason`` goes after the field's name, and repeats no name and no address."""

    def __init__(self, field: str, reason: str) -> None:
        self.field, self.reason = field, reason
        super().__init__(f"{field}: {reason}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person to register. Fields that nobody gave are empty. Raises WrongPerson.

    Spaces around and between words are tidied, the address is in lower case. ``language`` is ISO 639-1 (``ja-JP`` is taken as ``ja``),
    ``country`` ISO 3166-1 alpha-2, ``zone`` an IANA name, ``segment`` a slug. Without a zone it is the country's, where that has one only.
    """

    email: str
    family_name: str = ""
    given_name: str = ""
    company: str = ""
    title: str = ""
    phone: str = ""
    language: str = ""
    country: str = ""
    zone: str = ""
    fit: Fit = Fit.UNKNOWN
    segment: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        for field in (*FIELDS, "company"):
            object.__setattr__(self, field, right(field, getattr(self, field)))
        object.__setattr__(self, "zone", self.zone or zone_in(self.country))


FIELDS: Final = (
    "email",
    "family_name",
    "given_name",
    "title",
    "phone",
    "language",
    "country",
    "zone",
    "fit",
    "segment",
    "source",
)
"""What a person and a lead's row have in common; a person's company is a lead's account."""


def right(field: str, value: str) -> str:
    """A field of a person as it is kept. Raises WrongPerson."""
    tidy = _tidy(field, value)
    return _KEPT[field](tidy) if field in _KEPT else tidy


def is_empty(field: str, value: Any) -> bool:
    """Whether nobody has said it yet."""
    return not value or (field == "fit" and value == Fit.UNKNOWN)


def merged(first: Person, second: Person) -> Person:
    """One person from two descriptions: the first, and from the second what the first leaves empty."""
    return replace(first, **{f: getattr(second, f) for f in (*FIELDS, "company") if is_empty(f, getattr(first, f))})


def _tidy(field: str, value: str) -> str:
    text = unicodedata.normalize("NFC", str(value))
    if not text.isprintable() and any(unicodedata.category(sign) in _UNSAFE or sign in _TURNS_TEXT_AROUND for sign in text.strip()):
        raise WrongPerson(field, "has control characters or line breaks")
    text = " ".join(text.split())
    if len(text) > LONGEST:
        raise WrongPerson(field, f"is longer than {LONGEST} characters")
    return text


def _email(email: str) -> str:
    if not email:
        raise WrongPerson("email", "is missing")
    try:
        return addresses.normal(email)
    except ValueError:
        raise WrongPerson("email", "is not a mail address") from None


def _language(language: str) -> str:
    code = re.split("[-_]", language.lower())[0]
    if code and not re.fullmatch("[a-z]{2}", code):
        raise WrongPerson("language", "is not a language of two letters like 'ja' or 'en'")
    return code


def _country(country: str) -> str:
    code = country.upper()
    if code and (problem := country_problem(code)):
        raise WrongPerson("country", problem)
    return code


def _zone(zone: str) -> str:
    if zone and (problem := zone_problem(zone)):
        raise WrongPerson("zone", problem)
    return zone


def _segment(segment: str) -> str:
    slug = segment.lower().replace(" ", "-")
    if slug and not _SLUG.fullmatch(slug):
        raise WrongPerson("segment", "is not one word of up to 48 letters a-z, digits, '-' or '_'")
    return slug


def _fit(fit: str) -> Fit:
    try:
        return Fit(fit.lower() or Fit.UNKNOWN)
    except ValueError:
        raise WrongPerson("fit", f"is not one of {', '.join(Fit)}") from None


_KEPT: Final[Mapping[str, Callable[[str], str]]] = {
    "email": _email,
    "language": _language,
    "country": _country,
    "zone": _zone,
    "segment": _segment,
    "fit": _fit,
}
