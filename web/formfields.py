"""What a page shows of a form: its fields in the order of the visitor's language, with what was typed and what is wrong."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import uuid4

from nurture.kinds import Kind
from nurture.plan.campaign import FieldPlan
from nurture.plan.form import AT_A_TIME, OF_PERSON, Form
from web.guard import POLICY
from web.stamps import FIELD
from web.submissions import LONGEST, Wrong
from web.words import words

COUNTRIES = ("JP", "US", "GB", "DE", "FR", "SG", "IN", "AU")
"""The countries that the pages offer; a form may send any."""

_HOME = {"ja": "JP"}
"""The country that is chosen beforehand for who reads a language that is spoken in one."""

_CALLED_BACK = (Kind.DEMO_REQUESTED, Kind.QUOTE_REQUESTED, Kind.MEETING_BOOKED)
"""What somebody may call back about."""

HANDED_ON = ("visitor", "page", "referrer", "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
"""What a script has added to a form, and what stays with it while it is corrected."""

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
    choices: tuple[tuple[str, str], ...] = ()
    """What can be chosen, each with its label; where there is nothing, it is typed."""


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
    opened: str,
    plans: Mapping[str, FieldPlan],
    known: Collection[str] = (),
    typed: Mapping[str, str] | None = None,
    wrong: Mapping[str, Wrong] | None = None,
    ticked: bool = False,
    medium: str = "",
) -> FormView:
    """A form to fill in, or to correct where something was ``typed``. ``medium`` is where the visitor came from.

    ``opened`` is the signed time of this, ``plans`` says what the fields of the campaign hold, ``known`` is what need not be asked for.
    """
    typed = typed or {}
    says = {field: problem.say(language) for field, problem in (wrong or {}).items()}
    w = words(language)
    filled = {field for field in (*OF_PERSON, *(form.asks or ())) if field in says or typed.get(field)}
    asked = _asked(form, language, known, filled)
    shown = {*asked, "email", "content", "country"}
    return FormView(
        name=name,
        send=w[f"send_{form.engagement}"],
        fields=tuple(
            _field(field, plans.get(field), w, typed.get(field, ""), says.get(field, "")) for field in asked if field != "country"
        ),
        contents=tuple((content, readable(content)) for content in form.contents),
        content=typed.get("content", ""),
        country=typed.get("country", "") if typed else _HOME.get(language, ""),
        countries=tuple((code, w[f"country_{code}"]) for code in COUNTRIES) if form.asks is None or "country" in asked else (),
        hidden=(
            ("medium", medium),
            ("language", typed["language"] if typed.get("language") and "language" not in says else language),
            ("zone", typed.get("zone", "") if "zone" not in says else ""),
            ("submission", uuid4().hex),
            (FIELD, opened),
            *((name, typed[name]) for name in HANDED_ON if typed.get(name)),
        ),
        consent=form.consent,
        ticked=ticked,
        wrong={field: says.get(field, "") for field in ("content", "country")},
        others=tuple(f"{field}: {text}" for field, text in says.items() if field not in shown),
    )


def said(view: FormView, language: str, *, briefly: bool = False) -> dict[str, object]:
    """A form for a script that shows it itself; ``briefly`` with what has to be there first, and a few fields beside."""
    w = words(language)
    country = Field(
        name="country",
        label=w["country"],
        type="text",
        autocomplete="country",
        longest=LONGEST["country"],
        required=False,
        value=view.country,
        wrong="",
        choices=view.countries,
    )
    fields = [*view.fields, *([country] if view.countries else [])]
    if briefly:
        fields = sorted(fields, key=lambda field: not field.required)[: 1 + AT_A_TIME]
    return {
        "name": view.name,
        "action": f"/forms/{view.name}",
        "send": view.send,
        "fields": [
            {"name": f.name, "label": f.label, "type": f.type, "autocomplete": f.autocomplete, "longest": f.longest, "required": f.required}
            | ({"choices": f.choices} if f.choices else {})
            for f in fields
        ],
        "contents": view.contents,
        "content": w["content"],
        "consent": view.consent,
        "optional": w["optional"],
        "empty": w["leave_empty"],
        "hidden": {name: value for name, value in view.hidden if value},
    }


def _asked(form: Form, language: str, known: Collection[str], filled: Collection[str]) -> list[str]:
    """The fields in their order. A form that does not say what it asks for asks for everything at once; what was filled in stays."""
    if form.asks is not None:
        asked = form.asks_for(known)
        return ["email", *asked, *(name for name in form.asks if name in filled and name not in asked)]
    names = ["family_name", "given_name"] if language == "ja" else ["given_name", "family_name"]
    calls = form.engagement in _CALLED_BACK or "phone" in filled
    return [*names, "email", "company", "title", *(["phone"] if calls else [])]


def _field(name: str, plan: FieldPlan | None, w: Mapping[str, str], value: str, wrong: str) -> Field:
    choices: tuple[tuple[str, str], ...] = ()
    if name not in LONGEST and isinstance(plan, tuple):
        choices = tuple((choice, readable(choice)) for choice in plan)
    elif name not in LONGEST and plan == "yes_no":
        choices = ("yes", w["yes"]), ("no", w["no"])
    return Field(
        name=name,
        label=w[name] if name in LONGEST else readable(name),
        type={"email": "email", "phone": "tel"}.get(name) or {"number": "number", "date": "date"}.get(str(plan), "text"),
        autocomplete=_AUTOCOMPLETE.get(name, "off"),
        longest=LONGEST.get(name, LONGEST["content"]),
        required=name == "email",
        value=value,
        wrong=wrong,
        choices=choices,
    )


def readable(slug: str) -> str:
    """A slug as a heading: ``sensor-guide`` is ``Sensor guide``."""
    return slug.replace("-", " ").replace("_", " ").capitalize()


def form_page_policy(*targets: str) -> dict[str, str]:
    """The security policy of a page with forms: browsers apply it to where a form is redirected to, too."""
    parts = [urlsplit(target) for target in targets if target.startswith("https://")]
    origins = sorted({f"https://{part.netloc}" for part in parts if ";" not in part.netloc and "," not in part.netloc})
    return {"Content-Security-Policy": POLICY.format(forms=" ".join(["'self'", *origins]))}
