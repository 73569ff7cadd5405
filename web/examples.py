"""An example of a company's site: a page with forms, pages to read, the page that says thank you; and the sign of life for operators."""

from fastapi import APIRouter, HTTPException, Request
from markupsafe import Markup
from sqlalchemy import text
from starlette.responses import HTMLResponse, JSONResponse

from nurture.plan.snippet import script_lines
from web.formanswers import NEXT, safe_target
from web.formfields import form_page_policy, form_view
from web.front import FrontOf
from web.show import page
from web.sites import INTEGRITY
from web.stamps import stamp
from web.submissions import medium_of
from web.visitors import language_of
from web.words import reading, words

router = APIRouter(include_in_schema=False)

FORMS = ("download", "demo")
"""The forms that the example page shows, as far as a campaign has them."""


@router.api_route("/", methods=["GET", "HEAD"])
async def company(request: Request, front: FrontOf) -> HTMLResponse:
    """The page of a company that does not exist, in plain HTML that works without a script, and with the one that sites paste."""
    language, medium = language_of(request), medium_of(request.query_params)
    found = {name: kept for name in FORMS if (kept := await front.forms.find(name))}
    views = {
        name: form_view(name, form, language, opened=stamp(front, name), plans=campaign.fields, medium=medium)
        for name, (campaign, form) in found.items()
    }
    policy = form_page_policy(*(safe_target(form.thanks) for _, form in found.values()))
    return page("company", language, headers=policy, views=views, snippet=_snippet(language))


@router.api_route("/thanks", methods=["GET", "HEAD"])
async def thanks(request: Request) -> HTMLResponse:
    """Where a browser goes after a form whose campaign names no page of its own. ``next`` is what follows."""
    language = language_of(request)
    return page("thanks", language, text=words(language)[NEXT.get(request.query_params.get("next", ""), "thanks")])


@router.api_route("/thanks/confirm", methods=["GET", "HEAD"])
async def thanks_to_confirm(request: Request) -> HTMLResponse:
    """The same where the consent is to be confirmed: a letter has gone out that asks for it."""
    language = language_of(request)
    return page("thanks", language, text=words(language)["thanks_confirm"])


@router.api_route("/guides/{name}", methods=["GET", "HEAD"])
@router.api_route("/help/{name}", methods=["GET", "HEAD"])
@router.api_route("/help", methods=["GET", "HEAD"])
@router.api_route("/pricing", methods=["GET", "HEAD"])
@router.api_route("/webinar", methods=["GET", "HEAD"])
@router.api_route("/fair", methods=["GET", "HEAD"])
@router.api_route("/whats-new", methods=["GET", "HEAD"])
async def read(request: Request) -> HTMLResponse:
    """The pages that letters of the sample campaigns link to. What a visitor reads is noticed under the last piece of its path."""
    language = language_of(request)
    found = reading(language, request.url.path.strip("/"))
    if found is None:
        raise HTTPException(404, "Not Found")
    title, sentence, *points = found
    return page("reading", language, title=title, text=sentence, points=points, snippet=_snippet(language))


def _snippet(language: str) -> Markup:
    """What any site pastes into its pages."""
    return Markup(script_lines("", INTEGRITY, language))


@router.api_route("/healthz", methods=["GET", "HEAD"])
async def alive(front: FrontOf) -> JSONResponse:
    """200 while the database can be reached, else 503."""
    try:
        async with front.database.transaction() as session:
            await session.execute(text("SELECT 1"))
    except Exception:
        return JSONResponse({"status": "the database cannot be reached"}, 503)
    return JSONResponse({"status": "ok"})
