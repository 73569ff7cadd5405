"""Where webhooks go and where they never go, and what receivers' answers mean."""

from datetime import timedelta

import pytest

from store.machines.receiver import WrongReceiver, check, is_outside
from workflows.posting import Answer, answer_of

INSIDE = """
    127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 240.0.0.1
    ::1 :: fe80::1%eth0 fd00::1 ff02::1 ::ffff:10.0.0.1 64:ff9b::7f00:1 2002:7f00:1:: 2001:db8::1
"""


@pytest.mark.parametrize("address", INSIDE.split())
def test_addresses_inside_of_a_network_are_known(address: str) -> None:
    assert not is_outside(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_addresses_that_anybody_may_have_are_let_through(address: str) -> None:
    assert is_outside(address)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://crm.example.com/hooks", "https"),
        ("http://127.0.0.1/hooks", "https"),
        ("ftp://crm.example.com", "url"),
        ("crm.example.com", "url"),
        ("https://", "url"),
        ("https://user:word@crm.example.com/", "url"),
        ("https://crm.example.com/#part", "url"),
        ("https://crm.example.com/a b", "url"),
        ("https://crm.example.com:port/", "url"),
        (f"https://crm.example.com/{'a' * 2000}", "url"),
        ("https://127.0.0.1/hooks", "inside"),
        ("https://127.1/hooks", "inside"),
        ("https://2130706433/", "inside"),
        ("https://localhost:8443/hooks", "inside"),
        ("https://LOCALHOST./", "inside"),
        ("https://169.254.169.254/latest", "inside"),
        ("https://10.0.0.1/", "inside"),
        ("https://[::1]/", "inside"),
        ("https://[fe80::1%25eth0]/", "inside"),
        ("https://[::ffff:10.0.0.1]/", "inside"),
    ],
)
def test_an_address_that_no_webhook_may_go_to_is_refused(url: str, code: str) -> None:
    with pytest.raises(WrongReceiver) as refused:
        check(url, inside=False)

    assert refused.value.code == code


def test_on_this_machine_a_receiver_may_do_without_tls_where_operators_allow_it() -> None:
    check("http://127.0.0.1:8080/hooks", inside=True)
    check("http://localhost:8080/hooks", inside=True)
    check("https://10.0.0.1/hooks", inside=True)
    check("https://93.184.216.34/hooks", inside=False)
    with pytest.raises(WrongReceiver):
        check("http://10.0.0.1/hooks", inside=True)


@pytest.mark.parametrize(
    ("status", "retry_after", "answer"),
    [
        (204, "", Answer()),
        (200, "99", Answer()),
        (302, "", Answer(problem="it answered 302")),
        (400, "", Answer(problem="it answered 400")),
        (410, "", Answer(problem="it answered 410", is_gone=True)),
        (429, "7", Answer(problem="it answered 429", rests=True, wish=timedelta(seconds=7))),
        (503, "soon", Answer(problem="it answered 503", rests=True)),
        (503, "Sun, 06 Nov 1994 08:49:37 GMT", Answer(problem="it answered 503", rests=True, wish=timedelta())),
    ],
)
def test_an_answer_says_whether_it_is_the_message_or_the_receiver(status: int, retry_after: str, answer: Answer) -> None:
    assert answer_of(status, retry_after) == answer
