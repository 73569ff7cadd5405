"""The environment, read once: every process takes its settings from here, and all that is wrong is said at once."""

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    EmailStr,
    Field,
    HttpUrl,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic.networks import UrlConstraints
from pydantic_core import ErrorDetails, Url
from temporalio.envconfig import ClientConfigProfile


class SettingsError(ValueError):
    """Settings are missing or wrong. The message has a line for each."""


MAIL_URLS: Final = {
    "smtp": "smtp://user:password@host:587",
    "smtps": "smtps://user:password@host",
    "ses": "ses://key:secret@region",
    "sendgrid": "sendgrid://key",
    "postmark": "postmark://token",
    "mailgun": "mailgun://key@domain",
    "resend": "resend://key",
}
"""How the address of each way to send is written; what stands in it is needed, but for the user, password and port of a mail server."""

_MAIL_OPTIONS: Final = {"ses": {"endpoint", "configuration_set"}, "postmark": {"endpoint", "stream"}, "smtp": set(), "smtps": set()}
"""What may stand behind its question mark; for the others an endpoint."""

PROVIDERS: Final = tuple(scheme for scheme in MAIL_URLS if not scheme.startswith("smtp"))


def _complete(url: Url) -> Url:
    """Nothing is missing that the way to send needs."""
    needed = MAIL_URLS[url.scheme]
    lacks = not url.host or ("@" in needed and not url.username) or (url.scheme == "ses" and not url.password)
    if lacks and not url.scheme.startswith("smtp"):
        raise ValueError(f"is written like {needed}")
    if unknown := {name for name, _ in url.query_params()} - _MAIL_OPTIONS.get(url.scheme, {"endpoint"}):
        raise ValueError(f"has options that {url.scheme}:// does not know: {', '.join(sorted(unknown))}")
    return url


def _by_provider(secrets: str) -> str:
    """Each is a provider that we know, and its secret."""
    if any(provider not in PROVIDERS or not secret for provider, _, secret in (one.partition("=") for one in secrets.split())):
        raise ValueError(f"names providers ({', '.join(PROVIDERS)}) with their secrets, like resend=whsec_…")
    return secrets


def _is_mailbox(url: str) -> str:
    """Nothing is missing that a mailbox needs."""
    parts = urlsplit(url)
    if url and not (parts.scheme in ("imap", "imaps") and parts.hostname and parts.username and parts.password):
        raise ValueError("is written like imaps://user:password@host/INBOX")
    return url


def _origins(said: str) -> str:
    """Each is what a browser says of where a page is from: no path, no slash at the end, and small letters."""
    for one in said.split():
        parts = urlsplit(one)
        if parts.scheme not in ("http", "https") or not parts.netloc or one != f"{parts.scheme}://{parts.netloc}".lower():
            raise ValueError(f"names sites like https://www.example.com, without a path; '{one}' is none")
    return said


def _long_or_empty(secret: str) -> str:
    if secret and len(secret) < 16:
        raise ValueError("needs at least 16 characters")
    return secret


MailUrl = Annotated[Url, UrlConstraints(allowed_schemes=list(MAIL_URLS), host_required=True), AfterValidator(_complete)]


class Settings(BaseModel):
    """Each field is the environment variable of the same name in capitals. ``TEMPORAL_*`` is read by Temporal's own ``envconfig``."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    database_url: str = Field(
        pattern=r"^postgresql://", description="PostgreSQL, for instance `postgresql://user:password@host:5432/sodate`."
    )
    mail_url: MailUrl = Field(
        validation_alias=AliasChoices("mail_url", "smtp_url"),
        description="Where letters go: `smtp://user:password@host:587`, or `smtps://` for TLS from the start, or a provider's API, as in "
        "docs/sending.md. `SMTP_URL` is its other name.",
    )
    base_url: Annotated[HttpUrl, BeforeValidator(str)] = Field(
        description="Where the web app is reached from outside; unsubscribe links begin with it."
    )
    link_secret: str = Field(
        min_length=16, description="Signs unsubscribe links. Keep it for ever: links in letters already sent depend on it."
    )
    sender_address: EmailStr = Field(description="The From address of every letter.")
    sender_name: str = Field(min_length=1, description="The name beside it.")
    sender_legal_name: str = Field(min_length=1, description="The company that sends, as the law asks for it in every letter.")
    sender_postal_address: str = Field(min_length=1, description="Its postal address, likewise.")
    sender_contact: str = Field(min_length=1, description="Where complaints go: an address or a telephone number.")
    notify_rep_url: str = Field(
        default="", description="Where reps hear of tasks: an Apprise URL (`mailto://…`, `slack://…`, `line://…`). Empty: nobody is told."
    )
    notify_operator_url: str = Field(
        default="", description="Where operators hear that letters have stopped. Empty: where the leader does."
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
    mail_in_doubt: Literal["resend", "ask"] = Field(
        default="resend",
        description="What becomes of a letter of which nobody knows whether it went: `resend` sends it again with the same Message-ID, "
        "`ask` has a human say whether it went. See docs/sending.md.",
    )
    dkim_domain: str = Field(default="", description="The domain that signs letters (DKIM). Empty: that of `SENDER_ADDRESS`.")
    dkim_key: str = Field(default="", description="The private RSA key that signs letters, in PEM.")
    dkim_key_file: str = Field(default="", description="The same as a file.")
    dkim_selector: str = Field(
        default="", validate_default=True, description="Under which selector the public key is in DNS. Empty: letters are not signed here."
    )
    track_clicks: bool = Field(
        default=False,
        description="Count who follows which link of a letter, as in docs/mail.md. Only `true` if people were told so when they agreed.",
    )
    dns_server: str = Field(
        default="", description="The DNS server that `doctor mail` asks, as an IP address with or without `:port`. Empty: the system's."
    )
    webhook_secrets: Annotated[str, AfterValidator(_by_provider)] = Field(
        default="",
        description="What proves that an event comes from a mail provider: `provider=secret`, with spaces between, as in docs/sending.md.",
    )
    imap_url: Annotated[str, AfterValidator(_is_mailbox)] = Field(
        default="",
        description="The mailbox where answers arrive: `imaps://user:password@host/INBOX`, as in docs/mail.md. Empty: none is read.",
    )
    imap_every_seconds: int = Field(default=60, ge=5, description="How long after a look into that mailbox the next one is.")
    inbound_secret: Annotated[str, AfterValidator(_long_or_empty)] = Field(
        default="",
        description="What proves that a raw message comes from whoever gets mail for us. Empty: none is taken. See docs/mail.md.",
    )
    erasure_secret: Annotated[str, AfterValidator(_long_or_empty)] = Field(
        default="",
        description="By this the addresses of people who were erased are known again, as in docs/privacy.md. It never changes. "
        "Empty: `LINK_SECRET`.",
    )
    retention_years: int = Field(
        default=3,
        ge=1,
        description="How many years after anything last happened a person is erased who is no customer, as in docs/privacy.md.",
    )
    oidc_issuer: str = Field(
        default="",
        description="The provider by whose accounts the team signs in (OpenID Connect), by its URL, as in docs/operators.md. Empty: none.",
    )
    oidc_client_id: str = Field(default="", description="Under which id that provider knows us.")
    oidc_client_secret: str = Field(default="", validate_default=True, description="The secret that goes with it.")
    oidc_roles_claim: str = Field(
        default="",
        description="The claim in which that provider says somebody's roles; who has one is of the team. Empty: roles are given here.",
    )
    oidc_vouches_for_addresses: bool = Field(
        default=False,
        description="Whether every mail address that this provider gives is verified, though it does not say so, as in docs/operators.md.",
    )
    form_posts_per_minute: int = Field(default=30, ge=1, description="How often one address may post a form in a minute.")
    site_origins: Annotated[str, AfterValidator(_origins)] = Field(
        default="",
        description="The sites that may post forms and use the script, like `https://www.example.com`, with spaces between, as in "
        "docs/forms.md. Empty: forms are taken from everywhere, and the script works on our own pages only.",
    )
    downloads_dir: str = Field(
        default="",
        description="Where the files are that forms give, each called like its content, as in docs/forms.md. "
        "Empty: none; letters bring them.",
    )
    api_requests_per_minute: int = Field(default=600, ge=1, description="How many requests to the API one token may make in a minute.")
    webhooks_inside: bool = Field(
        default=False,
        description="Let receivers of webhooks be on this machine or in our own network, as in docs/webhooks.md. "
        "Else they are refused there.",
    )
    sandboxed: bool = Field(
        default=False, description="Run workflow code in Temporal's sandbox: slower, and it refuses what is not deterministic."
    )

    @field_validator("dkim_selector")
    @classmethod
    def _has_one_key(cls, selector: str, info: ValidationInfo) -> str:
        if bool(selector) != (bool(info.data.get("dkim_key")) + bool(info.data.get("dkim_key_file")) == 1):
            raise ValueError("goes with one of DKIM_KEY and DKIM_KEY_FILE, and they with it")
        return selector

    @field_validator("oidc_client_secret")
    @classmethod
    def _goes_with_a_provider(cls, secret: str, info: ValidationInfo) -> str:
        if len({bool(secret), *(bool(info.data.get(name)) for name in ("oidc_issuer", "oidc_client_id"))}) > 1:
            raise ValueError("goes with OIDC_ISSUER and OIDC_CLIENT_ID, and they with it")
        return secret

    @property
    def origins(self) -> tuple[str, ...]:
        """The sites that may post forms and use the script, beside our own pages."""
        return tuple(self.site_origins.split())

    @property
    def webhook_secret_of(self) -> dict[str, str]:
        """The secret of each provider whose events are taken."""
        return {provider: secret for provider, _, secret in (one.partition("=") for one in self.webhook_secrets.split())}

    @property
    def erasing_secret(self) -> str:
        """The secret by which people who were erased are known again."""
        return self.erasure_secret or self.link_secret

    @property
    def base(self) -> str:
        """``base_url`` without a slash at its end."""
        return str(self.base_url).rstrip("/")


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read all settings. Raises SettingsError, which names everything that is missing or wrong at once."""
    given = {name: environment[name.upper()] for name in [*Settings.model_fields, "smtp_url"] if environment.get(name.upper())}
    wrong = list(_wrong_with_temporal(environment))
    try:
        settings = Settings.model_validate(given)
    except ValidationError as error:
        wrong = [*_said(error), *wrong]
    else:
        if not wrong:
            return settings
    raise _refused(wrong)


def check_temporal(environment: Mapping[str, str] = os.environ) -> None:
    """Look at ``TEMPORAL_*`` alone, for processes that need no other setting. Raises SettingsError."""
    if wrong := list(_wrong_with_temporal(environment)):
        raise _refused(wrong)


def _refused(wrong: Iterable[str]) -> SettingsError:
    return SettingsError("\n  ".join(["These settings are missing or wrong:", *wrong]))


def _said(error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_input=False, include_url=False):
        given_as = str(problem["loc"][0])
        name = "mail_url" if given_as == "smtp_url" else given_as
        what = "is missing" if problem["type"] == "missing" else f"is wrong: it {_in_words(problem)}"
        yield f"{given_as.upper()} {what} ({Settings.model_fields[name].description})"


def _in_words(problem: ErrorDetails) -> str:
    match problem["type"], problem.get("ctx", {}):
        case "string_pattern_mismatch", _:
            return "begins with postgresql://"
        case (("url_parsing" | "url_type" | "url_syntax_violation"), _):
            return "is not an address of the form scheme://host"
        case "url_scheme", {"expected_schemes": schemes}:
            return f"begins with {schemes}".replace("'", "").replace(" or ", ":// or ").replace(", ", "://, ") + "://"
        case "string_too_short", {"min_length": length}:
            return f"needs at least {length} characters"
        case (("int_parsing" | "int_type" | "int_from_float"), _):
            return "is a whole number, like 30"
        case "literal_error", {"expected": expected}:
            return f"is {expected}".replace("'", "")
        case "greater_than_equal", {"ge": least}:
            return f"is at least {least}"
        case (("bool_parsing" | "bool_type"), _):
            return "is true or false"
        case "value_error", _ if problem["loc"] == ("sender_address",):
            return "is a mail address, like hello@example.com"
        case "value_error", {"error": said}:
            return str(said)
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
