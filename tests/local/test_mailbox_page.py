"""The page of caught letters shows them, changes nothing, and opens nothing else."""

from pathlib import Path

import httpx
import pytest

from local.mailbox_page import mailbox_page

pytestmark = pytest.mark.anyio

STEM = "20260105T003000Z-hanako@example.co.jp-資料"


@pytest.fixture
def browser(tmp_path: Path) -> httpx.AsyncClient:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / f"{STEM}.eml").write_text("Subject: x\n\n<script>alert(1)</script>")
    (folder / f"{STEM}.html").write_text("<script>alert(1)</script><p>こんにちは")
    (tmp_path / "secret.txt").write_text("not a letter")
    return httpx.AsyncClient(transport=httpx.ASGITransport(mailbox_page(folder)), base_url="http://letters.example.com")


async def test_the_latest_letter_comes_first(browser: httpx.AsyncClient, tmp_path: Path) -> None:
    (tmp_path / "letters" / "20270101T000000Z-b@example.com-newer.eml").write_text("x")

    page = (await browser.get("/")).text

    assert page.index("newer") < page.index("資料")
    assert "2 caught" in page


async def test_a_letter_is_shown_but_its_scripts_do_not_run(browser: httpx.AsyncClient) -> None:
    shown = await browser.get(f"/{STEM}.html")

    assert "こんにちは" in shown.text
    assert shown.headers["Content-Type"] == "text/html; charset=utf-8"
    assert shown.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


@pytest.mark.parametrize("path", ["/..%2Fsecret.txt", "/%2e%2e%2fsecret.txt", "/secret.txt", "/nothing.eml", f"/{STEM}.exe"])
async def test_nothing_but_letters_is_opened(browser: httpx.AsyncClient, path: str) -> None:
    assert (await browser.get(path)).status_code == 404


async def test_it_can_only_be_read(browser: httpx.AsyncClient) -> None:
    assert (await browser.delete(f"/{STEM}.html")).status_code == 405
