"""Requests to Amazon are signed as its published examples are."""

from datetime import UTC, datetime

import pytest

from mail.providers.sigv4 import signed_headers

FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("method", "url", "headers", "body", "service", "signature"),
    [
        # The example of "Create a signed AWS API request", docs.aws.amazon.com.
        (
            "GET",
            "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
            {"Content-Type": f"{FORM}; charset=utf-8"},
            b"",
            "iam",
            "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
        ),
        # get-vanilla, get-vanilla-query-order-key-case and post-x-www-form-urlencoded of Amazon's test suite for Signature Version 4.
        ("GET", "https://example.amazonaws.com/", {}, b"", "service", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        (
            "GET",
            "https://example.amazonaws.com/?Param2=value2&Param1=value1",
            {},
            b"",
            "service",
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
        ),
        (
            "POST",
            "https://example.amazonaws.com/",
            {"Content-Type": FORM},
            b"Param1=value1",
            "service",
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        ),
    ],
)
def test_the_published_examples_have_the_published_signatures(
    method: str, url: str, headers: dict[str, str], body: bytes, service: str, signature: str
) -> None:
    signed = signed_headers(
        method,
        url,
        body,
        headers=headers,
        key="AKIDEXAMPLE",
        secret="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        region="us-east-1",
        service=service,
        at=datetime(2015, 8, 30, 12, 36, tzinfo=UTC),
    )

    assert signed["authorization"].endswith(f", Signature={signature}")
    assert signed["x-amz-date"] == "20150830T123600Z"
