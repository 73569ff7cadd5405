"""Settings: everything that is missing or wrong is said at once, and what would leak a secret is refused."""

from pathlib import Path

import pytest

from settings import Settings, SettingsError, read_settings

RIGHT = {
    "DATABASE_URL": "postgresql://sodate@db.example.com/sodate",
    "MAIL_URL": "smtp://smtp.example.com:587",
    "BASE_URL": "https://nurture.example.com/",
    "LINK_SECRET": "0123456789abcdef",
    "SENDER_ADDRESS": "hello@example.com",
    "SENDER_NAME": "育て",
    "SENDER_LEGAL_NAME": "Example K.K.",
    "SENDER_POSTAL_ADDRESS": "Tokyo",
    "SENDER_CONTACT": "complaints@example.com",
}


def refusal(environment: dict[str, str]) -> list[str]:
    """The lines that say what is missing or wrong."""
    with pytest.raises(SettingsError) as refused:
        read_settings(environment)
    return str(refused.value).splitlines()[1:]


def test_right_settings_are_read() -> None:
    settings = read_settings(RIGHT)

    assert (settings.sender_name, settings.base, settings.form_posts_per_minute) == ("育て", "https://nurture.example.com", 30)


def test_they_are_those_of_the_process_when_nothing_else_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in RIGHT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("SENDER_NAME", "of the process")

    assert read_settings().sender_name == "of the process"


def test_all_missing_settings_are_named_at_once_each_with_what_it_is_for() -> None:
    lines = refusal({})

    required = {name.upper(): field.description for name, field in Settings.model_fields.items() if field.is_required()}
    assert lines == [f"  {name} is missing ({what})" for name, what in required.items()]
    assert set(required) == set(RIGHT)


def test_a_setting_that_is_empty_is_missing() -> None:
    assert [line.split()[:3] for line in refusal(RIGHT | {"SENDER_NAME": ""})] == [["SENDER_NAME", "is", "missing"]]


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("DATABASE_URL", "mysql://db.example.com/sodate", "it begins with postgresql://"),
        (
            "MAIL_URL",
            "http://smtp.example.com",
            "it begins with smtp://, smtps://, ses://, sendgrid://, postmark://, mailgun:// or resend://",
        ),
        ("MAIL_URL", "ses://key@eu-central-1", "it is written like ses://key:secret@region"),
        ("MAIL_URL", "resend://key?stream=x&endpoint=https://there.example.com", "it has options that resend:// does not know: stream"),
        ("MAIL_URL", "mailgun://key", "it is written like mailgun://key@domain"),
        ("MAIL_URL", "resend://", "it is not an address of the form scheme://host"),
        ("DKIM_SELECTOR", "letters", "it goes with one of DKIM_KEY and DKIM_KEY_FILE"),
        ("WEBHOOK_SECRETS", "mailchimp=key", "it names providers (ses, sendgrid, postmark, mailgun, resend) with their secrets"),
        ("WEBHOOK_SECRETS", "resend", "it names providers"),
        ("MAIL_URL", "smtp.example.com", "it is not an address of the form scheme://host"),
        ("BASE_URL", "nurture", "it is not an address of the form scheme://host"),
        ("BASE_URL", "ftp://nurture.example.com", "it begins with http:// or https://"),
        ("LINK_SECRET", "short", "it needs at least 16 characters"),
        ("OIDC_CLIENT_SECRET", "secret", "it goes with OIDC_ISSUER and OIDC_CLIENT_ID"),
        ("SENDER_ADDRESS", "hello", "it is a mail address, like hello@example.com"),
        ("FORM_POSTS_PER_MINUTE", "0", "it is at least 1"),
        ("FORM_POSTS_PER_MINUTE", "many", "it is a whole number"),
        ("SANDBOXED", "perhaps", "it is true or false"),
    ],
)
def test_a_wrong_setting_is_named_with_the_reason(name: str, value: str, reason: str) -> None:
    [line] = refusal(RIGHT | {name: value})

    assert line.startswith(f"  {name} is wrong: ")
    assert reason in line


def test_the_other_name_of_the_mail_url_is_read_and_its_faults_are_said_under_it() -> None:
    other = {name: value for name, value in RIGHT.items() if name != "MAIL_URL"}

    assert str(read_settings(other | {"SMTP_URL": "smtp://there.example.com"}).mail_url) == "smtp://there.example.com"
    assert str(read_settings(RIGHT | {"SMTP_URL": "smtp://there.example.com"}).mail_url) == RIGHT["MAIL_URL"]
    [line] = refusal(other | {"SMTP_URL": "there"})
    assert line.startswith("  SMTP_URL is wrong: it is not an address")


@pytest.mark.parametrize("wrong", [{"DKIM_KEY": "pem"}, {"DKIM_SELECTOR": "letters", "DKIM_KEY": "pem", "DKIM_KEY_FILE": "pem"}])
def test_a_selector_and_one_key_belong_together(wrong: dict[str, str]) -> None:
    [line] = refusal(RIGHT | wrong)

    assert line.startswith("  DKIM_SELECTOR is wrong: it goes with one of DKIM_KEY and DKIM_KEY_FILE")


def test_each_provider_has_a_secret_of_its_own() -> None:
    settings = read_settings(RIGHT | {"WEBHOOK_SECRETS": "resend=whsec_a=  ses=arn:aws:sns:eu-central-1:1:letters"})

    assert settings.webhook_secret_of == {"resend": "whsec_a=", "ses": "arn:aws:sns:eu-central-1:1:letters"}


def test_missing_and_wrong_settings_are_said_together_and_no_secret_is_repeated() -> None:
    environment = RIGHT | {
        "LINK_SECRET": "tooshort",
        "SANDBOXED": "perhaps",
        "TEMPORAL_API_KEY": "key-to-everything",
        "TEMPORAL_TLS": "false",
    }
    del environment["BASE_URL"]

    lines = refusal(environment)

    assert [line.split()[0] for line in lines] == ["BASE_URL", "LINK_SECRET", "SANDBOXED", "TEMPORAL_TLS"]
    assert "tooshort" not in "".join(lines)
    assert "key-to-everything" not in "".join(lines)


@pytest.mark.parametrize("off", ["false", "False", "0"])
def test_an_api_key_is_never_sent_without_tls(off: str) -> None:
    [line] = refusal(RIGHT | {"TEMPORAL_API_KEY": "key", "TEMPORAL_TLS": off})

    assert line.startswith("  TEMPORAL_TLS must not be false")


def test_an_api_key_in_temporals_own_file_is_not_sent_without_tls_either(tmp_path: Path) -> None:
    file = tmp_path / "temporal.toml"
    file.write_text('[profile.default]\napi_key = "key"\n[profile.default.tls]\ndisabled = true\n')

    [line] = refusal(RIGHT | {"TEMPORAL_CONFIG_FILE": str(file)})

    assert line.startswith("  TEMPORAL_TLS must not be false")


@pytest.mark.parametrize(
    "temporal", [{"TEMPORAL_API_KEY": "key"}, {"TEMPORAL_API_KEY": "key", "TEMPORAL_TLS": "true"}, {"TEMPORAL_TLS": "false"}]
)
def test_an_api_key_with_tls_and_no_tls_without_a_key_are_fine(temporal: dict[str, str]) -> None:
    assert read_settings(RIGHT | temporal) == read_settings(RIGHT)


def test_a_profile_that_temporals_file_does_not_have_is_a_wrong_setting() -> None:
    [line] = refusal(RIGHT | {"TEMPORAL_PROFILE": "production"})

    assert line.startswith("  TEMPORAL_* cannot be read: ")
    assert "production" in line
