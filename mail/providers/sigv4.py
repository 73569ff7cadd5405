"""Signs requests to Amazon's services (Signature Version 4)."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlsplit

_ALGORITHM: Final = "AWS4-HMAC-SHA256"


def signed_headers(
    method: str, url: str, body: bytes, *, headers: Mapping[str, str], key: str, secret: str, region: str, service: str, at: datetime
) -> dict[str, str]:
    """The headers with date and signature, for a request with a path and a query that are encoded already.

    Source: docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
    """
    parts = urlsplit(url)
    stamp = f"{at:%Y%m%dT%H%M%SZ}"
    given = {name.lower(): value for name, value in headers.items()} | {"x-amz-date": stamp}
    signed = dict(sorted((given | {"host": parts.netloc}).items()))
    names = ";".join(signed)
    request = "\n".join(
        [
            method,
            quote(parts.path or "/", safe="/-_.~"),
            "&".join(sorted(parts.query.split("&"))),
            *(f"{name}:{' '.join(value.split())}" for name, value in signed.items()),
            "",
            names,
            hashlib.sha256(body).hexdigest(),
        ]
    )
    scope = f"{at:%Y%m%d}/{region}/{service}/aws4_request"
    said = "\n".join([_ALGORITHM, stamp, scope, hashlib.sha256(request.encode()).hexdigest()])
    signing = f"AWS4{secret}".encode()
    for word in scope.split("/"):
        signing = hmac.digest(signing, word.encode(), "sha256")
    signature = hmac.digest(signing, said.encode(), "sha256").hex()
    return given | {"authorization": f"{_ALGORITHM} Credential={key}/{scope}, SignedHeaders={names}, Signature={signature}"}
