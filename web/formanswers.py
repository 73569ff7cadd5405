"""What is answered to a form: thanks, what is wrong with it, or that it is not taken; to a browser as a page, to a script as JSON."""

from dataclasses import dataclass
from typing import Final

from fastapi import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from nurture.kinds import Kind
from nurture.plan.campaign import Campaign
from nurture.plan.form import Form
from nurture.plan.targets import is_target
from store.site.posts import Post
from web.files import link_to
from web.formfields import HANDED_ON, form_page_policy, form_view
from web.front import Front
from web.show import message, page
from web.stamps import FIELD, stamp
from web.submissions import LONGEST, Wrong, WrongFields, is_ticked, medium_of
from web.visitors import language_said, wants_json
from web.words import words

ASKS_FOR_AN_ANSWER: Final = frozenset({Kind.DEMO_REQUESTED, Kind.QUOTE_REQUESTED, Kind.MEETING_BOOKED})
"""What a human answers, whether or not letters may go."""

NEXT: Final = {"answer": "thanks_answer", "mail": "thanks_mail"}
"""What follows a form, and the words that promise it; of any other, nothing is promised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thanks:
    """The thanks for a form. ``asks`` where the consent is to be confirmed, so that people look for the letter."""

    form: str
    definition: Form
    language: str
    asks: bool = False
    post: Post | None = None

    def say(self, request: Request, front: Front) -> Response:
        link = link_to(front, self.post.handout, self.post.file) if self.post and self.post.file else ""
        target = safe_target(self.definition.thanks)
        if not wants_json(request):
            own = "/thanks/confirm" if self.asks else f"/thanks?next={self._next}" if self._next else "/thanks"
            return RedirectResponse(f"/thanks/download/{link}" if link else target or own, 303)
        code = "thanks_download" if link else "thanks_confirm" if self.asks else NEXT.get(self._next, "thanks")
        text = words(self.language)[code]
        answer = {"status": "received", "form": self.form, "text": text}
        given = {"download": f"/download/{link}", "download_text": words(self.language)["download"]} if link else {}
        return JSONResponse(answer | given | ({"thanks": target} if target else {}), 202)

    @property
    def _next(self) -> str:
        """What follows, as a key of ``NEXT``. Only what was sent counts: nobody learns here whether an address is known."""
        if self.definition.engagement in ASKS_FOR_AN_ANSWER:
            return "answer"
        is_permitted = self.post is not None and self.post.evidence is not None
        return "mail" if is_permitted and self.definition.engagement is Kind.DOWNLOADED else ""


def safe_target(thanks: str) -> str:
    """Where a campaign sends a browser: a path of this site or an https address, else nothing."""
    return thanks if is_target(thanks) else ""


def to_correct(
    request: Request, front: Front, name: str, found: tuple[Campaign, Form], fields: dict[str, object], wrong: WrongFields
) -> Response:
    """Some fields are wrong. They are shown again with what was typed."""
    language = language_said(request, fields)
    errors = [{"field": field, "code": problem.code, "detail": problem.say(language)} for field, problem in wrong.fields.items()]
    return _once_more(request, front, name, found, fields, errors, wrong.fields, "correct")


def asked_again(
    request: Request, front: Front, name: str, found: tuple[Campaign, Form], fields: dict[str, object], problem: str
) -> Response:
    """Nothing is wrong, but it came too fast or too late. To send it once more is enough; a script does it by itself."""
    errors = [{"field": FIELD, "code": problem, "detail": words(language_said(request, fields))["once_more"]}]
    return _once_more(request, front, name, found, fields, errors, {}, "once_more")


def _once_more(
    request: Request,
    front: Front,
    name: str,
    found: tuple[Campaign, Form],
    fields: dict[str, object],
    errors: list[dict[str, str]],
    wrong: dict[str, Wrong],
    says: str,
) -> Response:
    campaign, form = found
    opened = stamp(front, name, is_waited_for=True)
    if wants_json(request):
        return problem_json(422, "Some fields are wrong", errors=errors, opened=opened)
    language = language_said(request, fields)
    kept = {field: LONGEST.get(field, 300) for field in (*LONGEST, *HANDED_ON, *(form.asks or ()))}
    typed = {field: value[: kept[field]] for field, value in fields.items() if field in kept and isinstance(value, str)}
    view = form_view(
        name,
        form,
        language,
        opened=opened,
        plans=campaign.fields,
        typed=typed,
        wrong=wrong,
        ticked=is_ticked(fields.get("consent")),
        medium=medium_of(fields),
    )
    headers = form_page_policy(safe_target(form.thanks))
    return page("correct", language, status=422, headers=headers, view=view, text=words(language)[says])


def refusal(request: Request, status: int, code: str, headers: dict[str, str] | None = None, **values: object) -> Response:
    """It is not taken: the sentence ``code`` of ``web.words``."""
    language = language_said(request, {})
    if wants_json(request):
        w = words(language)
        return problem_json(status, w[f"{code}_title"], headers, detail=w[code].format(**values))
    return message(language, code, status=status, headers=headers, **values)


def problem_json(status: int, title: str, headers: dict[str, str] | None = None, **more: object) -> JSONResponse:
    """RFC 9457 problem details."""
    body = {"type": "about:blank", "title": title, "status": status, **more}
    return JSONResponse(body, status, headers, media_type="application/problem+json")
