"""An example of a company's site: a page with forms, pages to read, the page that says thank you; and the sign of life for operators."""

from fastapi import APIRouter, HTTPException, Request
from sqlalchemy import text
from starlette.responses import HTMLResponse, JSONResponse

from store import campaigns
from web.formfields import form_page_policy, form_view
from web.forms import safe_target
from web.front import FrontOf
from web.show import page
from web.submissions import medium_of
from web.visitors import language_of
from web.visits import notice
from web.words import reading, words

router = APIRouter(include_in_schema=False)

FORMS = ("download", "demo")
"""The forms that the example page shows, as far as a campaign has them."""


@router.api_route("/", methods=["GET", "HEAD"])
async def company(request: Request, front: FrontOf) -> HTMLResponse:
    """The page of a company that does not exist, in plain HTML that works without a script."""
    language = language_of(request)
    async with front.database.transaction() as session:
        found = {name: kept[1] for name in FORMS if (kept := await campaigns.form(session, name))}
    views = {name: form_view(name, form, language, medium=medium_of(request.query_params)) for name, form in found.items()}
    policy = form_page_policy(*(safe_target(form.thanks) for form in found.values()))
    return page("company", language, headers=policy, views=views)


@router.api_route("/thanks", methods=["GET", "HEAD"])
async def thanks(request: Request) -> HTMLResponse:
    """Where a browser goes after a form whose campaign names no page of its own."""
    language = language_of(request)
    return page("thanks", language, text=words(language)["thanks"])


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
async def read(request: Request, front: FrontOf) -> HTMLResponse:
    """The pages that letters of the sample campaigns link to. What a visitor reads is noticed under the last piece of its path.

    A popup that fits is a part of the page: a dialog that is open, and that a browser closes without a script.
    """
    language = language_of(request)
    path = request.url.path.strip("/")
    found = reading(language, path)
    if found is None:
        raise HTTPException(404, "Not Found")
    title, sentence, *points = found
    noticed = await notice(request, front, path.rpartition("/")[2])
    offer, shown, policy = (noticed.offer if noticed else None), None, None
    if offer:
        shown = {"text": offer.popup.text[language], "form": form_view(offer.popup.form, offer.form, language, medium="popup")}
        policy = form_page_policy(safe_target(offer.form.thanks))
    answer = page("reading", language, headers=policy, title=title, text=sentence, points=points, popup=shown)
    if noticed:
        noticed.remember(request, front, answer)
    return answer


@router.api_route("/healthz", methods=["GET", "HEAD"])
async def alive(front: FrontOf) -> JSONResponse:
    """200 while the database can be reached, else 503."""
    try:
        async with front.database.transaction() as session:
            await session.execute(text("SELECT 1"))
    except Exception:
        return JSONResponse({"status": "the database cannot be reached"}, 503)
    return JSONResponse({"status": "ok"})
