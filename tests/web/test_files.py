"""Files that are given after a form: by a link that is signed and expires, and downloaded once they are really fetched."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from nurture.plan.campaign import Campaign
from settings import Settings
from store import tables
from store.database import Database
from store.erasing import erasure
from store.erasing.stubs import Reason
from tests.conftest import OWN
from web.app import create_app

pytestmark = pytest.mark.anyio

ADA = {"email": "ada@example.com", "content": "sensor-guide"}
JSON = {"Accept": "application/json"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files that are given, and beside the folder one that never is."""
    (tmp_path / "secret.pdf").write_bytes(b"secret")
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "sensor-guide.pdf").write_bytes(b"%PDF guide")
    (folder / "sensor-guide.ja.pdf").write_bytes(b"%PDF \xe6\x89\x8b\xe5\xbc\x95")
    (folder / "checklist.html").write_bytes(b"<script>alert(1)</script>")
    (folder / "checklist.pdf").symlink_to(tmp_path / "secret.pdf")
    return folder


@pytest.fixture
def settings(database_url: str, folder: Path) -> Settings:
    return Settings.model_validate(OWN | {"database_url": database_url, "form_posts_per_minute": 1000, "downloads_dir": str(folder)})


async def ask(visitor: httpx.AsyncClient, **fields: str) -> dict[str, Any]:
    answer = await visitor.post("/forms/download", data=ADA | fields, headers=JSON)
    assert answer.status_code == 202
    said: dict[str, Any] = answer.json()
    return said


async def test_the_lead_has_downloaded_once_the_file_is_fetched_and_not_before_and_once(
    visitor: httpx.AsyncClient, kept: Any, clock: Any
) -> None:
    said = await ask(visitor, utm_source="fair", medium="landing_page")
    assert await kept.kinds() == ["enrolled"]

    clock.at += timedelta(hours=2)
    await visitor.head(said["download"])
    await visitor.get(said["download"], headers={"Sec-Purpose": "prefetch"})
    assert await kept.kinds() == ["enrolled"]
    files = [await visitor.get(said["download"]) for _ in range(2)]

    assert [(file.status_code, file.content) for file in files] == [(200, b"%PDF guide")] * 2
    assert await kept.kinds() == ["enrolled", "downloaded"]
    downloaded = (await kept.engagements())[1]
    assert (downloaded.facts["content"], downloaded.at, downloaded.source) == ("sensor-guide", clock.at, "form:download")
    assert (downloaded.details["medium"], downloaded.details["arrival"]["source"]) == ("landing_page", "fair")


async def test_a_file_is_saved_under_its_name_and_shown_by_no_browser_as_a_page(visitor: httpx.AsyncClient) -> None:
    headers = (await visitor.get((await ask(visitor))["download"])).headers

    assert headers["content-type"] == "application/pdf"
    assert headers["content-disposition"] == 'attachment; filename="sensor-guide.pdf"'
    assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "private, no-store")
    assert headers["referrer-policy"] == "no-referrer"


async def test_who_reads_japanese_gets_the_file_in_japanese(visitor: httpx.AsyncClient) -> None:
    link = (await ask(visitor))["download"]

    assert (await visitor.get(link, headers={"Accept-Language": "ja"})).content.decode() == "%PDF 手引"


async def test_without_a_script_a_page_gives_the_link(visitor: httpx.AsyncClient, kept: Any) -> None:
    answer = await visitor.post("/forms/download", data=ADA)
    page = await visitor.get(answer.headers["location"])
    link = page.text.partition('class="button" href="')[2].partition('"')[0]

    assert (answer.status_code, page.status_code) == (303, 200)
    assert (await visitor.get(link)).content == b"%PDF guide"
    assert await kept.kinds() == ["enrolled", "downloaded"]


async def test_a_form_sent_twice_asks_once_and_another_one_counts_again(visitor: httpx.AsyncClient, kept: Any, clock: Any) -> None:
    links = [(await ask(visitor, submission="one"))["download"] for _ in range(2)]
    for link in links:
        await visitor.get(link)
    assert await kept.kinds() == ["enrolled", "downloaded"]

    clock.at += timedelta(days=3)
    await visitor.get((await ask(visitor, submission="two"))["download"])

    assert await kept.kinds() == ["enrolled", "downloaded", "downloaded"]


async def test_a_link_expires_and_whoever_comes_late_is_told_to_ask_again(visitor: httpx.AsyncClient, kept: Any, clock: Any) -> None:
    link = (await ask(visitor))["download"]
    clock.at += timedelta(days=7, seconds=1)

    late = await visitor.get(link)

    assert (late.status_code, b"PDF" in late.content) == (410, False)
    assert "once more" in late.text
    assert await kept.kinds() == ["enrolled"]


async def test_no_link_that_was_not_made_here_gives_anything(visitor: httpx.AsyncClient) -> None:
    link = (await ask(visitor))["download"]
    forged = [link[:-1], link + "A", "/download/x", "/download/..%2F..%2Fsecret.pdf", "/download/%2e%2e%2fsecret.pdf", "/thanks/download/x"]

    answers = [await visitor.get(path) for path in forged]

    assert [answer.status_code for answer in answers] == [404] * 6
    assert not any(b"secret" in answer.content for answer in answers)


async def test_neither_a_link_out_of_the_folder_nor_a_page_is_given_and_the_content_counts_as_before(
    visitor: httpx.AsyncClient, kept: Any
) -> None:
    assert "download" not in await ask(visitor, content="checklist")
    assert await kept.kinds() == ["enrolled", "downloaded"]


async def test_nobody_finds_out_by_a_link_who_was_erased(settings: Settings, campaign: Campaign, clock: Any) -> None:
    database = Database(settings.database_url, secret=settings.erasing_secret)
    transport = httpx.ASGITransport(create_app(settings, database, clock.now))
    async with httpx.AsyncClient(transport=transport, base_url="https://letters.example.com") as visitor:
        await ask(visitor, submission="one")
        async with database.transaction() as session:
            lead = (await session.scalars(select(tables.Lead.id))).one()
            await erasure.begin(session, lead, reason=Reason.ASKED, by="Mika", now=clock.now())
        async with database.transaction() as session:
            await erasure.forget(session, lead, clock.now())
            assert list(await session.scalars(select(tables.Handout.id))) == []

        said = await ask(visitor, submission="two")

        assert (await visitor.get(said["download"])).content == b"%PDF guide"
    async with database.transaction() as session:
        assert list(await session.scalars(select(tables.Engagement.kind))) == []
    await database.close()
