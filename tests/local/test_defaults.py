"""Trying the product out can reach nobody outside this machine, whatever the environment of the terminal says."""

from pathlib import Path

from temporalio.envconfig import ClientConfigProfile

from local.defaults import kept_secret, local_settings
from settings import read_settings

HERE = {"database_url": "postgresql:///here", "smtp_url": "smtp://127.0.0.1:2525", "base_url": "http://127.0.0.1:8000"}


def test_nothing_needs_to_be_set() -> None:
    settings = read_settings(local_settings(**HERE, environment={}))

    assert (settings.database_url, str(settings.mail_url), settings.base) == tuple(HERE.values())


def test_production_settings_in_the_terminal_do_not_lead_out_of_this_machine() -> None:
    production = {
        "DATABASE_URL": "postgresql://production.example.com/leads",
        "MAIL_URL": "resend://key",
        "SMTP_URL": "smtps://smtp.example.com",
        "BASE_URL": "https://nurture.example.com",
        "NOTIFY_REP_URL": "slack://production",
        "TEMPORAL_ADDRESS": "production.example.com:7233",
        "TEMPORAL_API_KEY": "production",
        "TEMPORAL_CONFIG_FILE": "/etc/production.toml",
        "SENDER_NAME": "花子",
    }

    environment = local_settings(**HERE, temporal_address="127.0.0.1:7233", environment=production)

    assert "production" not in " ".join(environment.values())
    assert "smtp.example.com" not in " ".join(environment.values())
    assert environment["SENDER_NAME"] == "花子"
    assert ClientConfigProfile.load(override_env_vars=environment).to_client_connect_config() == {"target_host": "127.0.0.1:7233"}


def test_reps_hear_of_tasks_by_a_letter_to_the_catcher() -> None:
    assert local_settings(**HERE, environment={})["NOTIFY_REP_URL"].startswith("mailto://127.0.0.1:2525?")


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "state" / "link_secret"

    secret = kept_secret(path)

    assert kept_secret(path) == secret
    assert len(secret) >= 32
    assert path.stat().st_mode & 0o077 == 0
    assert kept_secret(tmp_path / "another") != secret
