"""The few lines that a site pastes: a form that works without a script, and the script that makes it better where it runs."""

import base64
import hashlib
from collections.abc import Mapping
from html import escape
from typing import Final

from nurture.plan.campaign import FieldPlan
from nurture.plan.form import Form

SCRIPT: Final = "/static/sodate-site.js"
"""Where the script is, on our own host."""

LANGUAGES: Final = ("en", "ja")

_SAYS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "email": "Work email",
        "family_name": "Family name",
        "given_name": "Given name",
        "company": "Company",
        "title": "Job title",
        "phone": "Phone",
        "country": "Country",
        "content": "Document",
        "empty": "Leave this empty",
        "send": "Send",
        "yes": "yes",
        "no": "no",
        "asks": "May we remember on this site what you look at, so that we can answer you better?",
        "agree": "Yes",
        "refuse": "No",
    },
    "ja": {
        "email": "会社のメールアドレス",
        "family_name": "姓",
        "given_name": "名",
        "company": "会社名",
        "title": "役職",
        "phone": "電話番号",
        "country": "国",
        "content": "資料",
        "empty": "この欄は空のままにしてください",
        "send": "送信する",
        "yes": "はい",
        "no": "いいえ",
        "asks": "ご案内をより適切にするため、このサイトでご覧になったページを記録してもよろしいですか。",
        "agree": "はい",
        "refuse": "いいえ",
    },
}
_TYPES: Final = {"phone": "tel", "number": "number", "date": "date"}
_ALWAYS: Final = ("family_name", "given_name", "company")
"""What is asked for where a form does not say what it asks."""


def integrity_of(script: bytes) -> str:
    """What a browser compares the script with before it runs it (Subresource Integrity)."""
    return "sha384-" + base64.b64encode(hashlib.sha384(script).digest()).decode()


def script_lines(base: str, integrity: str, language: str) -> str:
    """For every page of the site: the script, and the question whether visitors may be known again. ``base`` has no slash at its end."""
    w = _SAYS[language]
    return (
        f'<script src="{escape(base)}{SCRIPT}" integrity="{integrity}" crossorigin="anonymous" defer></script>\n'
        f'<div data-sodate="asks" hidden>{w["asks"]}\n'
        f'  <button type="button" data-sodate="agree">{w["agree"]}</button>'
        f' <button type="button" data-sodate="refuse">{w["refuse"]}</button></div>'
    )


def form_lines(base: str, name: str, form: Form, fields: Mapping[str, FieldPlan], language: str) -> str:
    """The form itself, as plain HTML. ``fields`` are those of its campaign."""
    w = _SAYS[language]
    asked = form.asks_for(()) if form.asks is not None else _ALWAYS
    lines = [
        f'<form method="post" action="{escape(base)}/forms/{name}" data-sodate="form" lang="{language}">',
        f'  <label>{w["email"]} <input name="email" type="email" autocomplete="email" maxlength="254" required></label>',
        '  <div data-sodate="fields">',
        *(f"    <label>{_label(field, w)} {_input(field, fields.get(field), w)}</label>" for field in asked),
        "  </div>",
    ]
    if len(form.contents) == 1:
        lines.append(f'  <input type="hidden" name="content" value="{form.contents[0]}">')
    elif form.contents:
        lines.append(f'  <label>{w["content"]} <select name="content">{_options(form.contents)}</select></label>')
    if form.consent:
        lines.append(f'  <label><input name="consent" type="checkbox" value="yes"> {escape(form.consent)}</label>')
    lines += [
        f'  <label hidden>{w["empty"]} <input name="website" tabindex="-1" autocomplete="off"></label>',
        f"  <button>{w['send']}</button>",
        "</form>",
    ]
    return "\n".join(lines)


def _label(field: str, w: Mapping[str, str]) -> str:
    return w.get(field, field.replace("_", " ").capitalize())


def _input(field: str, plan: FieldPlan | None, w: Mapping[str, str]) -> str:
    if isinstance(plan, tuple):
        return f'<select name="{field}"><option value=""></option>{_options(plan)}</select>'
    if plan == "yes_no":
        return f'<select name="{field}"><option value=""></option>{_options(("yes", "no"), w)}</select>'
    longest = ' maxlength="2" placeholder="JP"' if field == "country" else ""
    return f'<input name="{field}" type="{_TYPES.get(plan or field, "text")}"{longest}>'


def _options(values: tuple[str, ...], words: Mapping[str, str] | None = None) -> str:
    said = words or {}
    return "".join(f'<option value="{value}">{said.get(value) or value.replace("_", " ").capitalize()}</option>' for value in values)
