"""A provider of identities, Canaille with everything in memory, as a process of its own: ``python provider.py PORT BACK``.

It knows one program, ours, and people with the password ``correct horse``; who is in a group has that role.
"""

import os
import sys
from datetime import UTC, datetime
from typing import Any

from canaille import create_app
from canaille.app import models
from canaille.backends.memory.backend import MemoryBackend
from joserfc import jwk
from werkzeug.serving import make_server

CLIENT, SECRET, PASSWORD = "sodate", "secret-between-the-two", "correct horse"


class Memory(MemoryBackend):
    """Finds what fits all of several conditions. Canaille's own finds what fits any of them, and takes every code for right."""

    __module__ = MemoryBackend.__module__  # beside which it looks for its models

    def do_query(self, model: Any, *args: Any, **kwargs: Any) -> list[Any]:
        found = MemoryBackend.do_query(self, model, *args, **kwargs)
        each = [{one.id for one in MemoryBackend.do_query(self, model, **{name: value})} for name, value in kwargs.items()]
        return [one for one in found if all(one.id in fitting for fitting in each)]


def provider(port: int, back: str) -> None:
    """Serve until the process ends."""
    os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "true"
    key = jwk.generate_key("RSA", 2048)
    key.ensure_kid()
    host = f"127.0.0.1:{port}"
    configuration: dict[str, Any] = {
        "SECRET_KEY": "only for tests",
        "SERVER_NAME": host,
        "PREFERRED_URL_SCHEME": "http",
        "TRUSTED_HOSTS": ["127.0.0.1"],
        "WTF_CSRF_ENABLED": False,
        "CANAILLE": {"DATABASE": "memory", "JAVASCRIPT": False},
        "CANAILLE_OIDC": {"ACTIVE_JWKS": [key.as_dict(private=True)], "TRUSTED_DOMAINS": "letters.example.com"},
    }
    backend = Memory(configuration)
    app = create_app(configuration, backend=backend)
    # The way in which it is told that it has verified every address.
    app.config["CANAILLE_OIDC"]["USERINFO_MAPPING"]["EMAIL_VERIFIED"] = "{% if user.family_name != 'Unverified' %}true{% endif %}"
    with app.app_context():
        _fill(backend, back)
    make_server("127.0.0.1", port, app, threaded=True).serve_forever()


def _fill(backend: Memory, back: str) -> None:
    people = {}
    for user_name, family_name in (("mika", "Mori"), ("jon", "Okafor"), ("eve", "Unverified")):
        people[user_name] = models.User(
            user_name=user_name,
            given_name=user_name.title(),
            family_name=family_name,
            formatted_name=f"{user_name.title()} {family_name}",
            emails=[f"{user_name}@team.example.com"],
            password=PASSWORD,
        )
        backend.save(people[user_name])
    backend.save(models.Group(display_name="leader", members=[people["mika"]]))
    ours = models.Client(
        client_id=CLIENT,
        client_secret=SECRET,
        client_name="Sodate",
        client_uri="https://letters.example.com",
        client_id_issued_at=datetime.now(UTC),
        redirect_uris=[back],
        grant_types=["authorization_code"],
        response_types=["code"],
        scope=["openid", "email", "profile", "groups"],
        token_endpoint_auth_method="client_secret_basic",
    )
    backend.save(ours)
    ours.audience = [ours]
    backend.save(ours)


if __name__ == "__main__":
    provider(int(sys.argv[1]), sys.argv[2])
