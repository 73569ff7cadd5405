"""The environment, read once: every process takes its settings from here, and all that is wrong is said at once."""

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, EmailStr, Field, HttpUrl, ValidationError
from pydantic.networks import UrlConstraints
from pydantic_core import ErrorDetails, Url
from temporalio.envconfig import ClientConfigProfile


class SettingsError(ValueError):
    """Settings are missing or wrong. The message has a line for each."""


SmtpUrl = Annotated[Url, UrlConstraints(allowed_schemes=["smtp", "smtps"], host_required=True)]


class Settings(BaseModel):
    """Each field is the environment variable of the same name in capitals. ``TEMPORAL_*`` is read by Temporal's own ``envconfig``."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    database_url: str = Field(
        pattern=r"^postgresql://", description="PostgreSQL, for instance `postgresql://user:password@host:5432/sodate`."
    )
    smtp_url: SmtpUrl = Field(description="Where letters go: `smtp://user:password@host:587`, or `smtps://` for TLS from the start.")
    base_url: Annotated[HttpUrl, BeforeValidator(str)] = Field(
        description="Where the web app is reached from outside; unsubscribe links begin with it."
    )
    link_secret: str = Field(
        min_length=16, description="Signs unsubscribe links. Keep it for ever: links in letters already sent depend on it."
    )
    inbox_password: str = Field(min_length=8, description="What reps type, beside their name, to open the inbox.")
    sender_address: EmailStr = Field(description="The From address of every letter.")
    sender_name: str = Field(min_length=1, description="The name beside it.")
    sender_legal_name: str = Field(min_length=1, description="The company that sends, as the law asks for it in every letter.")
    sender_postal_address: str = Field(min_length=1, description="Its postal address, likewise.")
    sender_contact: str = Field(min_length=1, description="Where complaints go: an address or a telephone number.")
    notify_rep_url: str = Field(
        default="", description="Where reps hear of tasks: an Apprise URL (`mailto://…`, `slack://…`, `line://…`). Empty: nobody is told."
    )
    notify_leader_url: str = Field(default="", description="Where the leader hears of passed deadlines, likewise.")
    notify_service_url: str = Field(default="", description="Where service hears of its tasks and notices. Empty: where reps do.")
    notify_marketing_url: str = Field(default="", description="Where marketing hears of its tasks and notices. Empty: where reps do.")
    popups_file: str = Field(
        default="campaigns/site/popups.yaml", description="Which popups the site shows to visitors whom nobody knows. Empty: none."
    )
    templates_dir: str = Field(default="email_templates", description="Where letters are.")
    smtp_starttls: bool = Field(
        default=True, description="Upgrade `smtp://` to TLS where the server offers it; `false` for a catcher on this machine."
    )
    form_posts_per_minute: int = Field(default=30, ge=1, description="How many form posts one address may make in a minute.")
    sandboxed: bool = Field(
        default=False, description="Run workflow code in Temporal's sandbox: slower, and it refuses what is not deterministic."
    )

    @property
    def base(self) -> str:
        """``base_url`` without a slash at its end."""
        return str(self.base_url).rstrip("/")


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read all settings. Raises SettingsError, which names everything that is missing or wrong at once."""
    given = {name: environment[name.upper()] for name in Settings.model_fields if environment.get(name.upper())}
    wrong = list(_wrong_with_temporal(environment))
    try:
        settings = Settings.model_validate(given)
    except ValidationError as error:
        wrong = [*_said(error), *wrong]
    if wrong:
        raise _refused(wrong)
    return settings


def check_temporal(environment: Mapping[str, str] = os.environ) -> None:
    """Look at ``TEMPORAL_*`` alone, for processes that need no other setting. Raises SettingsError."""
    if wrong := list(_wrong_with_temporal(environment)):
        raise _refused(wrong)


def _refused(wrong: Iterable[str]) -> SettingsError:
    return SettingsError("\n  ".join(["These settings are missing or wrong:", *wrong]))


def _said(error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_input=False, include_url=False):
        name = str(problem["loc"][0])
        what = "is missing" if problem["type"] == "missing" else f"is wrong: it {_in_words(problem)}"
        yield f"{name.upper()} {what} ({Settings.model_fields[name].description})"


def _in_words(problem: ErrorDetails) -> str:
    match problem["type"], problem.get("ctx", {}):
        case "string_pattern_mismatch", _:
            return "begins with postgresql://"
        case (("url_parsing" | "url_type" | "url_syntax_violation"), _):
            return "is not an address of the form scheme://host"
        case "url_scheme", {"expected_schemes": schemes}:
            return f"begins with {schemes}".replace("'", "").replace(" or ", ":// or ") + "://"
        case "string_too_short", {"min_length": length}:
            return f"needs at least {length} characters"
        case (("int_parsing" | "int_type" | "int_from_float"), _):
            return "is a whole number, like 30"
        case "greater_than_equal", {"ge": least}:
            return f"is at least {least}"
        case (("bool_parsing" | "bool_type"), _):
            return "is true or false"
        case "value_error", _ if problem["loc"] == ("sender_address",):
            return "is a mail address, like hello@example.com"
        case _:
            return problem["msg"]


def _wrong_with_temporal(environment: Mapping[str, str]) -> Iterator[str]:
    try:
        profile = ClientConfigProfile.load(override_env_vars=dict(environment))
    except (RuntimeError, ValueError) as error:
        yield f"TEMPORAL_* cannot be read: {error}"
        return
    if profile.api_key and profile.tls and profile.tls.disabled:
        yield "TEMPORAL_TLS must not be false beside TEMPORAL_API_KEY (the key would travel in the clear)"
