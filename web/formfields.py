"""What a page shows of a form: its fields in the order of the visitor's language, with what was typed and what is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import uuid4

from nurture.campaign import Form
from nurture.kinds import Kind
from web.guard import POLICY
from web.submissions import LONGEST, Wrong
from web.words import words

COUNTRIES = ("JP", "US", "GB", "DE", "FR", "SG", "IN", "AU")
"""The countries that the pages offer; a form may send any."""

_HOME = {"ja": "JP"}
"""The country that is chosen beforehand for who reads a language that is spoken in one."""

_CALLED_BACK = (Kind.DEMO_REQUESTED, Kind.QUOTE_REQUESTED, Kind.MEETING_BOOKED)
"""What somebody may call back about."""

_AUTOCOMPLETE = {
    "email": "email",
    "family_name": "family-name",
    "given_name": "given-name",
    "company": "organization",
    "title": "organization-title",
    "phone": "tel",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field with its label. ``wrong`` is a sentence, empty when all is well."""

    name: str
    label: str
    type: str
    autocomplete: str
    longest: int
    required: bool
    value: str
    wrong: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormView:
    """A form as a template needs it. ``hidden`` holds the id that tells a repetition; ``others`` are wrongs without a field."""

    name: str
    send: str
    fields: tuple[Field, ...]
    contents: tuple[tuple[str, str], ...]
    content: str
    country: str
    countries: tuple[tuple[str, str], ...]
    hidden: tuple[tuple[str, str], ...]
    consent: str
    ticked: bool
    wrong: Mapping[str, str]
    others: tuple[str, ...]


def form_view(
    name: str,
    form: Form,
    language: str,
    *,
    typed: Mapping[str, str] | None = None,
    wrong: Mapping[str, Wrong] | None = None,
    ticked: bool = False,
    medium: str = "",
) -> FormView:
    """A form to fill in, or to correct where something was ``typed``. ``medium`` is where the visitor came from."""
    typed = typed or {}
    says = {field: problem.say(language) for field, problem in (wrong or {}).items()}
    w = words(language)
    names = ["family_name", "given_name"] if language == "ja" else ["given_name", "family_name"]
    calls = form.engagement in _CALLED_BACK or "phone" in says or bool(typed.get("phone"))
    asked = [*names, "email", "company", "title", *(["phone"] if calls else [])]
    fields = tuple(
        Field(
            name=field,
            label=w[field],
            type={"email": "email", "phone": "tel"}.get(field, "text"),
            autocomplete=_AUTOCOMPLETE[field],
            longest=LONGEST[field],
            required=field == "email",
            value=typed.get(field, ""),
            wrong=says.get(field, ""),
        )
        for field in asked
    )
    shown = {*asked, "content", "country"}
    return FormView(
        name=name,
        send=w[f"send_{form.engagement}"],
        fields=fields,
        contents=tuple((content, readable(content)) for content in form.contents),
        content=typed.get("content", ""),
        country=typed.get("country", "") if typed else _HOME.get(language, ""),
        countries=tuple((code, w[f"country_{code}"]) for code in COUNTRIES),
        hidden=(
            ("medium", medium),
            ("language", typed["language"] if typed.get("language") and "language" not in says else language),
            ("zone", typed.get("zone", "") if "zone" not in says else ""),
            ("submission", uuid4().hex),
        ),
        consent=form.consent,
        ticked=ticked,
        wrong={field: says.get(field, "") for field in ("content", "country")},
        others=tuple(f"{field}: {text}" for field, text in says.items() if field not in shown),
    )


def readable(slug: str) -> str:
    """A slug as a heading: ``sensor-guide`` is ``Sensor guide``."""
    return slug.replace("-", " ").replace("_", " ").capitalize()


def form_page_policy(*targets: str) -> dict[str, str]:
    """The security policy of a page with forms: browsers apply it to where a form is redirected to, too."""
    parts = [urlsplit(target) for target in targets if target.startswith("https://")]
    origins = sorted({f"https://{part.netloc}" for part in parts if ";" not in part.netloc and "," not in part.netloc})
    return {"Content-Security-Policy": POLICY.format(forms=" ".join(["'self'", *origins]))}
