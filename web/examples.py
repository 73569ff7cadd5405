"""An example of a company's page with both kinds of form, the page that says thank you, and the sign of life for operators."""

from fastapi import APIRouter, Request
from sqlalchemy import text
from starlette.responses import HTMLResponse, JSONResponse

from store import campaigns
from web.formfields import form_page_policy, form_view
from web.forms import safe_target
from web.front import FrontOf
from web.show import page
from web.visitors import language_of

router = APIRouter(include_in_schema=False)

FORMS = ("download", "demo")
"""The forms that the example page shows, as far as a campaign has them."""


@router.api_route("/", methods=["GET", "HEAD"])
async def company(request: Request, front: FrontOf) -> HTMLResponse:
    """The page of a company that does not exist, in plain HTML that works without a script."""
    language = language_of(request)
    async with front.database.transaction() as session:
        found = {name: kept[1] for name in FORMS if (kept := await campaigns.form(session, name))}
    views = {name: form_view(name, form, language) for name, form in found.items()}
    policy = form_page_policy(*(safe_target(form.thanks) for form in found.values()))
    return page("company", language, headers=policy, views=views)


@router.api_route("/thanks", methods=["GET", "HEAD"])
async def thanks(request: Request) -> HTMLResponse:
    """Where a browser goes after a form whose campaign names no page of its own."""
    return page("thanks", language_of(request))


@router.api_route("/healthz", methods=["GET", "HEAD"])
async def alive(front: FrontOf) -> JSONResponse:
    """200 while the database can be reached, else 503."""
    try:
        async with front.database.transaction() as session:
            await session.execute(text("SELECT 1"))
    except Exception:
        return JSONResponse({"status": "the database cannot be reached"}, 503)
    return JSONResponse({"status": "ok"})
