"""The world of a rehearsal cannot reach production, whatever the environment says."""

import os
from datetime import UTC, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from local.defaults import local_settings
from rehearsal.world import NotThrownAway, house, must_be_thrown_away
from settings import Settings, read_settings
from tests.rehearsal.conftest import FIRST, ROOT

pytestmark = pytest.mark.anyio

POST = "smtp://127.0.0.1:2525"
HOSTILE = {
    "DATABASE_URL": "postgresql://sodate:secret@db.example.com/sodate",
    "SMTP_URL": "smtp://mail.example.com",
    "MAIL_URL": "smtp://mail.example.com",
    "NOTIFY_REP_URL": "mailto://user:secret@mail.example.com",
    "TEMPORAL_ADDRESS": "temporal.example.com:7233",
    "TEMPORAL_NAMESPACE": "production",
    "TEMPORAL_API_KEY": "a key of production",
    "LINK_SECRET": "the secret of production",
    "BASE_URL": "https://www.example.org",
    "PGHOST": "db.example.com",
    "PGPORT": "6543",
    "PGUSER": "sodate",
    "PGPASSWORD": "secret",
    "HTTPS_PROXY": "http://proxy.example.com:3128",
    "SENDER_NAME": "Quillfeather",
}


def settings(folder: Path, **changes: str) -> Settings:
    own = local_settings(
        database_url=f"postgresql://postgres@/rehearsal?host={folder}/pg",
        smtp_url=POST,
        base_url="https://sodate.example.com",
        environment={},
    )
    return read_settings({**own, **changes})


async def test_a_hostile_environment_changes_nothing_but_who_is_said_to_send(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)

    async with house() as here, here.world(ROOT / "email_templates", datetime.combine(FIRST, time(), UTC)) as town:
        folder = Path(town.settings.database_url.rpartition("host=")[2])
        assert "example.com" not in town.settings.database_url
        assert folder.is_relative_to(Path(os.environ.get("TMPDIR", "/tmp")).resolve())
        assert str(town.settings.mail_url).rstrip("/") == town.post.url
        assert "127.0.0.1" in town.post.url
        assert town.client.service_client.config.target_host.partition(":")[0] in ("127.0.0.1", "localhost")
        assert (town.client.namespace, town.client.service_client.config.api_key) == ("default", None)
        for url in (town.settings.notify_rep_url, town.settings.notify_leader_url):
            assert "mail.example.com" not in url
        assert town.settings.link_secret != HOSTILE["LINK_SECRET"]
        assert town.settings.sender_name == "Quillfeather"
        assert not {name for name in HOSTILE if name in os.environ} - {"SENDER_NAME"}, "what it starts could read them"

    assert {name: os.environ[name] for name in HOSTILE} == HOSTILE
    assert not folder.exists(), "it is thrown away"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"DATABASE_URL": "postgresql://sodate@db.example.com/sodate"}, "the database is not in this rehearsal's own folder"),
        ({"DATABASE_URL": "postgresql://postgres@/sodate?host=/var/run/postgresql"}, "the database is not in this rehearsal's own folder"),
        (
            {"DATABASE_URL": "postgresql://postgres@db.example.com/sodate?host={folder}/pg"},
            "the database is not in this rehearsal's own folder",
        ),
        ({"DATABASE_URL": "postgresql://postgres@/sodate?host={folder}/../other"}, "the database is not in this rehearsal's own folder"),
        ({"MAIL_URL": "smtp://mail.example.com"}, "MAIL_URL is not the catcher of this rehearsal"),
        ({"MAIL_URL": "smtp://127.0.0.1:25"}, "MAIL_URL is not the catcher of this rehearsal"),
        ({"NOTIFY_LEADER_URL": "mailto://mail.example.com:2525"}, "NOTIFY_LEADER_URL is not the catcher of this rehearsal"),
        ({"NOTIFY_SERVICE_URL": "slack://a/b/c"}, "NOTIFY_SERVICE_URL is not the catcher of this rehearsal"),
    ],
)
def test_a_world_that_could_reach_anything_else_is_refused(change: dict[str, str], said: str) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name).resolve()
        changed = {key: value.replace("{folder}", str(folder)) for key, value in change.items()}
        must_be_thrown_away(settings(folder), "127.0.0.1:7233", POST, folder)

        with pytest.raises(NotThrownAway, match=said):
            must_be_thrown_away(settings(folder, **changed), "127.0.0.1:7233", POST, folder)


@pytest.mark.parametrize("temporal", ["temporal.example.com:7233", "10.0.0.1:7233", ""])
def test_a_temporal_elsewhere_is_refused(tmp_path: Path, temporal: str) -> None:
    with pytest.raises(NotThrownAway, match="Temporal is not on this machine"):
        must_be_thrown_away(settings(tmp_path), temporal, POST, tmp_path)
