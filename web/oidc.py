"""Asks a provider of identities who somebody is: OpenID Connect by an authorization code, with PKCE, state and nonce."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final
from urllib.parse import quote_plus

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from settings import Settings
from store.addresses import normal
from store.team.people import Role

_ALGORITHMS: Final = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""Signatures by a key that only the provider has."""

_PATIENCE_S: Final = 10.0
_FRESH_S: Final = 3600.0
_SLACK_S: Final = 60
"""By how much the provider's clock may be wrong."""


class ProviderAway(Exception):
    """The provider cannot be asked."""


class NotProven(Exception):
    """What came back proves nothing."""


class Unverified(NotProven):
    """The provider does not say that the mail address is this person's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A sign-in that has begun in a browser, which keeps this until it comes back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who somebody is, as the provider says. ``address`` is normal, and empty where it is none."""

    address: str
    name: str
    roles: frozenset[Role]


class Provider:
    """The provider that the settings name. Where it is asked, and its keys, are looked up when they are needed."""

    def __init__(self, settings: Settings) -> None:
        self._issuer = settings.oidc_issuer
        self._id, self._secret = settings.oidc_client_id, settings.oidc_client_secret
        self._roles_claim, self._vouches = settings.oidc_roles_claim, settings.oidc_vouches_for_addresses
        self._back = f"{settings.base}/login/provider/back"
        self._metadata: dict[str, Any] = {}
        self._keys = KeySet([])
        self._known_until = 0.0

    async def begin(self) -> tuple[str, Begun]:
        """Where the browser goes, and what it keeps meanwhile. Raises ProviderAway."""
        await self._know()
        begun = Begun(state=secrets.token_urlsafe(24), nonce=secrets.token_urlsafe(24), verifier=secrets.token_urlsafe(48))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(begun.verifier.encode()).digest()).rstrip(b"=")
        asked = {
            "response_type": "code",
            "client_id": self._id,
            "redirect_uri": self._back,
            "scope": " ".join(["openid", "email", "profile", *self._scope_of_roles()]),
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": challenge.decode(),
            "code_challenge_method": "S256",
        }
        return str(httpx.URL(self._metadata["authorization_endpoint"]).copy_merge_params(asked)), begun

    async def identity(self, begun: Begun, came_back: Mapping[str, str]) -> Identity:
        """Who it is, by what the browser came back with. Raises Unverified, NotProven and ProviderAway."""
        if not secrets.compare_digest(came_back.get("state", "").encode(), begun.state.encode()):
            raise NotProven("it is not the sign-in that began in this browser")
        if came_back.get("iss", self._issuer) != self._issuer or not came_back.get("code"):
            raise NotProven("it was broken off, or is of another provider")
        await self._know()
        try:
            async with httpx.AsyncClient(timeout=_PATIENCE_S) as client:
                token = await self._token(client, came_back["code"], begun.verifier)
                claims = await self._proven(str(token["id_token"]), begun.nonce)
                if endpoint := self._metadata.get("userinfo_endpoint"):
                    asked = await client.get(endpoint, headers={"Authorization": f"Bearer {token['access_token']}"})
                    more = asked.raise_for_status().json()
                    claims = claims | more if more["sub"] == claims["sub"] else claims
        except (JoseError, httpx.HTTPStatusError, ValueError, LookupError, TypeError) as problem:
            raise NotProven(type(problem).__name__) from None
        except httpx.HTTPError as problem:
            raise ProviderAway(type(problem).__name__) from None
        if not is_verified(claims, vouches=self._vouches):
            raise Unverified("the provider does not say that the address is verified; see OIDC_VOUCHES_FOR_ADDRESSES")
        return Identity(address=_address_in(claims), name=str(claims.get("name", "")), roles=_roles_in(claims, self._roles_claim))

    async def _token(self, client: httpx.AsyncClient, code: str, verifier: str) -> dict[str, Any]:
        """What the provider gives for a code, once (RFC 6749, 4.1.3). Our secret goes as the provider wants it."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self._back, "code_verifier": verifier}
        if "client_secret_basic" in self._metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"]):
            known_by: dict[str, Any] = {"auth": (quote_plus(self._id), quote_plus(self._secret))}
        else:
            known_by = {}
            form |= {"client_id": self._id, "client_secret": self._secret}
        given = await client.post(self._metadata["token_endpoint"], data=form, headers={"Accept": "application/json"}, **known_by)
        token: dict[str, Any] = given.raise_for_status().json()
        return token

    async def _proven(self, token: str, nonce: str) -> dict[str, Any]:
        """The claims of an id token (OpenID Connect Core, 3.1.3.7). Keys that are not known yet are looked up once."""
        try:
            read = jwt.decode(token, self._keys, algorithms=_ALGORITHMS)
        except (JoseError, ValueError):
            self._known_until = 0.0
            await self._know()
            read = jwt.decode(token, self._keys, algorithms=_ALGORITHMS)
        must: Any = {"essential": True}
        jwt.JWTClaimsRegistry(
            leeway=_SLACK_S,
            iss=must | {"value": self._issuer},
            aud=must | {"value": self._id},
            exp=must,
            sub=must,
            nonce=must | {"value": nonce},
        ).validate(read.claims)
        if read.claims.get("azp", self._id) != self._id:
            raise NotProven("it is for another program")
        return read.claims

    def _scope_of_roles(self) -> list[str]:
        """What has to be asked for to be told roles, at a provider that knows a scope called like the claim."""
        named = self._roles_claim.partition(".")[0]
        return [named] if named in self._metadata.get("scopes_supported", []) else []

    async def _know(self) -> None:
        """Look up where the provider is asked, and by which keys it signs, unless that is known since less than an hour."""
        if monotonic() < self._known_until:
            return
        try:
            async with httpx.AsyncClient(timeout=_PATIENCE_S) as client:
                found = await client.get(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
                metadata = found.raise_for_status().json()
                if metadata["issuer"] != self._issuer:
                    raise ProviderAway("OIDC_ISSUER is not what the provider calls itself")
                keys = (await client.get(metadata["jwks_uri"])).raise_for_status().json()
                self._keys, self._metadata = KeySet.import_key_set(keys), metadata
        except (httpx.HTTPError, JoseError, ValueError, LookupError, TypeError) as problem:
            raise ProviderAway(type(problem).__name__) from None
        self._known_until = monotonic() + _FRESH_S


def is_verified(claims: Mapping[str, Any], *, vouches: bool) -> bool:
    """Whether the address is the person's own: the provider says so, or says nothing and vouches for all that it gives.

    An address that anybody could have typed would let them in as whoever has it here.
    """
    said = claims.get("email_verified")
    return vouches if said in (None, "") else said in (True, "true")


def _address_in(claims: Mapping[str, Any]) -> str:
    try:
        return normal(str(claims.get("email", "")))
    except ValueError:
        return ""


def _roles_in(claims: Mapping[str, Any], path: str) -> frozenset[Role]:
    """The roles that a claim names, in a list or as words. ``realm_access.roles`` is a claim within another."""
    said: Any = claims
    for name in path.split(".") if path else ():
        said = said.get(name) if isinstance(said, Mapping) else None
    named = said.replace(",", " ").split() if isinstance(said, str) else said if isinstance(said, list) else []
    return frozenset(role for role in Role if path and role in [str(one).lower() for one in named])
