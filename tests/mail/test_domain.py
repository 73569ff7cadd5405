"""What a domain publishes about its mail is read from a real DNS server, and what is missing comes with the record that mends it."""

import base64
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from local.dns_double import DnsDouble, dns_double
from mail.domain.dkim import examine_dkim
from mail.domain.dmarc import examine_dmarc
from mail.domain.findings import DnsRecord, MailFinding, Verdict
from mail.domain.mx import examine_mx
from mail.domain.names import Names, NoDns
from mail.domain.sample import examine_sample
from mail.domain.spf import examine_spf
from mail.facts import Facts
from mail.letters import Letters
from mail.signing import Signer
from tests.mail.keys import rsa_key

pytestmark = pytest.mark.anyio

HOME = "example.com"
SERVER = "mail.example.com"
OURS = Signer(selector="letters", domain=HOME, key=rsa_key().pem)
DKIM_AT = "letters._domainkey.example.com"
NOW = datetime(2027, 3, 2, tzinfo=UTC)


@pytest.fixture
async def dns(anyio_backend: str) -> AsyncIterator[DnsDouble]:
    async with dns_double() as double:
        double.records[(SERVER, "A")] = ["192.0.2.25"]
        yield double


@pytest.fixture
def names(dns: DnsDouble) -> Names:
    return Names(dns.address)


def not_right(found: list[MailFinding]) -> list[tuple[str, str]]:
    return [(finding.verdict, finding.what) for finding in found if finding.verdict is not Verdict.RIGHT]


async def spf(dns: DnsDouble, record: str, sends: str = f"a:{SERVER}", server: str = SERVER) -> list[MailFinding]:
    dns.text(HOME, "some-other-service-verification=1")
    dns.text(HOME, record)
    return await examine_spf(Names(dns.address), HOME, sends=sends, server=server)


@pytest.mark.parametrize(
    "record", ["v=spf1 a:mail.example.com -all", "V=SPF1 ip4:192.0.2.0/24 -all", "v=spf1 mx -ALL", "v=spf1 redirect=_spf.example.com"]
)
async def test_a_record_that_lets_our_server_send_and_nobody_else_is_right(dns: DnsDouble, record: str) -> None:
    dns.records[(HOME, "MX")] = [f"10 {SERVER}."]
    dns.text("_spf.example.com", "v=spf1 ip4:192.0.2.25 -all")

    assert not_right(await spf(dns, record)) == []


async def test_without_a_record_one_is_written_for_the_server_that_we_send_by(dns: DnsDouble, names: Names) -> None:
    [found] = await examine_spf(names, HOME, sends=f"a:{SERVER}", server=SERVER)

    assert (found.verdict, found.publish) == (Verdict.WRONG, DnsRecord(name=HOME, kind="TXT", value=f"v=spf1 a:{SERVER} -all"))


@pytest.mark.parametrize(
    ("record", "verdict", "what"),
    [
        (f"v=spf1 a:{SERVER} ~all", "doubtful", "whoever else sends is only suspected (~all)"),
        (f"v=spf1 a:{SERVER} ?all", "wrong", "of whoever else sends it says nothing (?all)"),
        (f"v=spf1 a:{SERVER} +all", "wrong", "it lets everybody send (+all)"),
        (f"v=spf1 a:{SERVER} all", "wrong", "it lets everybody send (+all)"),
        (f"v=spf1 a:{SERVER}", "doubtful", "it does not say what holds for whoever else sends"),
        (
            f"v=spf1 a:{SERVER} ip:192.0.2.1 -all",
            "wrong",
            "'ip:192.0.2.1' in the record of example.com is no term of SPF, and spoils all of it",
        ),
        (f"v=spf1 a:{SERVER} ip4:192.0.2 -all", "wrong", "'ip4:192.0.2' in the record of example.com is no address"),
        (
            f"v=spf1 a:{SERVER} include:gone.example.net -all",
            "wrong",
            "the record of example.com leads to gone.example.net, which has no record: that spoils all of it",
        ),
        ("v=spf1 ip4:198.51.100.0/24 -all", "doubtful", "it does not let mail.example.com send by the address that it has here"),
    ],
)
async def test_what_is_wrong_with_a_record_is_said(dns: DnsDouble, record: str, verdict: str, what: str) -> None:
    assert not_right(await spf(dns, record)) == [(verdict, what)]


async def test_two_records_count_as_none(dns: DnsDouble) -> None:
    dns.text(HOME, "v=spf1 -all")

    assert not_right(await spf(dns, "v=spf1 mx -all")) == [("wrong", "example.com has 2 SPF records, which count as none")]


@pytest.mark.parametrize(("includes", "is_right"), [(9, True), (10, False)])
async def test_ten_lookups_are_allowed_wherever_they_are_written(dns: DnsDouble, includes: int, is_right: bool) -> None:
    for number in range(includes):
        dns.text(
            f"_spf{number}.example.com",
            f"v=spf1 {f'include:_spf{number + 1}.example.com' if number + 1 < includes else 'ip4:192.0.2.1'} ~all",
        )
    found = await spf(dns, f"v=spf1 a:{SERVER} include:_spf0.example.com -all")

    assert not_right(found) == ([] if is_right else [("wrong", "it asks DNS 11 times, and 10 are allowed: it counts as none")])


async def test_records_that_lead_to_each_other_are_left_again(dns: DnsDouble) -> None:
    dns.text("_spf.example.com", "v=spf1 include:_spf.example.com -all")

    assert ("wrong", "it asks DNS more than 30 times, and 10 are allowed: it counts as none") in not_right(
        await spf(dns, f"v=spf1 a:{SERVER} include:_spf.example.com -all")
    )


async def test_a_provider_is_looked_for_in_everything_that_is_included(dns: DnsDouble) -> None:
    dns.text("sendgrid.net", "v=spf1 ip4:192.0.2.1 ~all")
    dns.text("_spf.example.com", "v=spf1 include:sendgrid.net -all")

    assert not_right(await spf(dns, "v=spf1 include:_spf.example.com -all", "include:sendgrid.net", "")) == []


async def test_a_provider_that_is_missing_comes_with_the_whole_record_to_publish(dns: DnsDouble) -> None:
    [found] = [one for one in await spf(dns, "v=spf1 mx:mail.example.com -all", "include:sendgrid.net", "") if one.publish]

    assert (found.verdict, found.publish) == (
        Verdict.DOUBTFUL,
        DnsRecord(name=HOME, kind="TXT", value="v=spf1 mx:mail.example.com include:sendgrid.net -all"),
    )


async def test_the_key_in_dns_is_compared_with_the_one_that_signs(dns: DnsDouble, names: Names) -> None:
    key = base64.b64encode(rsa_key().public).decode()
    dns.text(DKIM_AT, f"v=DKIM1;k=rsa; p={key[:40]} {key[40:]}")

    assert (OURS.published.name, OURS.published.value) == (DKIM_AT, f"v=DKIM1; k=rsa; p={key}")
    assert not_right(await examine_dkim(names, OURS.published)) == [("doubtful", "the key has 1024 bits")]


async def test_a_key_of_good_length_is_right_though_it_comes_in_pieces(dns: DnsDouble, names: Names) -> None:
    made = rsa.generate_private_key(65_537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    signer = Signer(selector="letters", domain=HOME, key=made)
    dns.text(DKIM_AT, signer.published.value)

    assert len(signer.published.value) > 255
    assert not_right(await examine_dkim(names, signer.published)) == []


@pytest.mark.parametrize(
    ("records", "what"),
    [
        ([], f"there is no key at {DKIM_AT}: no signature can be believed"),
        (["hello"], f"there is no key at {DKIM_AT}: no signature can be believed"),
        (["v=DKIM1; p="], f"the key at {DKIM_AT} was withdrawn"),
        (["v=DKIM1; k=ed25519; p=AAAA"], f"the record at {DKIM_AT} is for no RSA key"),
        (
            [f"v=DKIM1; p={base64.b64encode(rsa_key(2).public).decode()}"],
            f"the key at {DKIM_AT} is another one than ours: every signature fails",
        ),
        (["p=AAAA", "p=BBBB"], f"there are 2 keys at {DKIM_AT}"),
    ],
)
async def test_any_other_key_is_wrong_and_ours_is_to_be_published(dns: DnsDouble, names: Names, records: list[str], what: str) -> None:
    for record in records:
        dns.text(DKIM_AT, record)
    [found] = await examine_dkim(names, OURS.published)

    assert (found.verdict, found.what, found.publish) == (Verdict.WRONG, what, OURS.published)


async def dmarc(names: Names, domain: str = HOME, **proofs: str) -> list[MailFinding]:
    return await examine_dmarc(names, domain, **{"return_path": domain, "signed_by": domain, "reports_to": "hello@example.com"} | proofs)


async def test_a_policy_that_is_carried_out_and_proven_is_right(dns: DnsDouble, names: Names) -> None:
    dns.text("_dmarc.example.com", "v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com")

    assert not_right(await dmarc(names)) == []
    assert not_right(await dmarc(names, "letters.example.com")) == []
    assert not_right(await dmarc(names, return_path="", signed_by=f"letters.{HOME}")) == []


async def test_without_a_policy_one_is_written(dns: DnsDouble, names: Names) -> None:
    [found] = await dmarc(names)

    assert found.verdict is Verdict.WRONG
    assert found.publish == DnsRecord(name="_dmarc.example.com", kind="TXT", value="v=DMARC1; p=none; rua=mailto:hello@example.com")


@pytest.mark.parametrize(
    ("record", "proofs", "found"),
    [
        ("v=DMARC1; p=none; rua=mailto:a@example.com", {}, [("doubtful", "example.com only asks for reports (p=none)")]),
        ("v=DMARC1; p=reject", {}, [("doubtful", "nobody gets its reports")]),
        ("v=DMARC1; rua=mailto:a@example.com", {}, [("wrong", "the policy of example.com, p=…, is none of none, quarantine, reject")]),
        (
            "v=DMARC1; p=reject; adkim=s; rua=mailto:a@example.com",
            {"signed_by": "letters.example.com"},
            [("doubtful", "the signature is of letters.example.com, and the From address of example.com")],
        ),
        (
            "v=DMARC1; p=reject; rua=mailto:a@example.com",
            {"signed_by": "example.net", "return_path": ""},
            [("wrong", "the signature is of example.net, and the From address of example.com")],
        ),
        (
            "v=DMARC1; p=reject; rua=mailto:a@example.com",
            {"signed_by": ""},
            [("doubtful", "whether DKIM proves the From address cannot be told from here: letters are signed further on")],
        ),
    ],
)
async def test_what_a_policy_lacks_is_said(
    dns: DnsDouble, names: Names, record: str, proofs: dict[str, str], found: list[tuple[str, str]]
) -> None:
    dns.text("_dmarc.example.com", record)

    assert not_right(await dmarc(names, **proofs)) == found


async def test_a_domain_below_has_the_policy_that_is_meant_for_it(dns: DnsDouble, names: Names) -> None:
    dns.text("_dmarc.example.com", "v=DMARC1; p=reject; sp=none; rua=mailto:a@example.com")

    assert not_right(await dmarc(names, "letters.example.com")) == [("doubtful", "example.com only asks for reports (p=none)")]


@pytest.mark.parametrize(
    ("records", "verdict", "what"),
    [
        ({"MX": [f"10 {SERVER}."]}, "right", f"answers to {HOME} go to {SERVER}"),
        ({"MX": [f"20 {SERVER}.", "10 gone.example.com."]}, "doubtful", "gone.example.com is not there"),
        ({"MX": ["10 gone.example.com."]}, "wrong", "gone.example.com is not there"),
        ({"MX": ["0 ."]}, "wrong", f"{HOME} says that it takes no mail: answers are lost"),
        ({"A": ["192.0.2.80"]}, "doubtful", f"{HOME} names no server for its mail: answers go to its web server, if that takes any"),
        ({}, "wrong", f"{HOME} has no server for its mail: answers are lost"),
    ],
)
async def test_answers_need_a_server(dns: DnsDouble, names: Names, records: dict[str, list[str]], verdict: str, what: str) -> None:
    dns.records |= {(HOME, kind): values for kind, values in records.items()}
    [found] = await examine_mx(names, HOME, "answers")

    assert (found.verdict, found.what) == (verdict, what)


async def test_a_server_that_fails_says_nothing_about_the_domain(dns: DnsDouble, names: Names) -> None:
    dns.fails_for.add(HOME)

    with pytest.raises(NoDns, match=r"DNS does not answer for example\.com \(TXT\)"):
        await examine_spf(names, HOME, sends="mx")


async def test_a_name_is_asked_for_once(dns: DnsDouble, names: Names) -> None:
    for _ in range(2):
        await names.texts(HOME)

    assert dns.asked == [(HOME, "TXT")]


def sample(letters: Letters, facts: Facts, signer: Signer | None = OURS, base: str = "https://letters.example.com") -> list[MailFinding]:
    return examine_sample(letters, facts.sender, signer, base=base, secret="a secret of enough length", now=NOW)


def test_a_letter_as_it_would_go_out_is_refused_in_one_click_under_a_signature(letters: Letters, facts: Facts) -> None:
    found = sample(letters, facts)

    assert [(one.about, one.verdict) for one in found] == [("one-click", "right"), ("footer", "right")]


def test_one_click_needs_https_and_a_signature(letters: Letters, facts: Facts) -> None:
    assert not_right(sample(letters, facts, base="http://letters.example.com")) == [
        ("wrong", "BASE_URL is not https, so that no mailbox offers to refuse in one click")
    ]
    assert not_right(sample(letters, facts, None)) == [
        ("doubtful", "a letter has the headers for one click; whether a signature covers them cannot be told from here")
    ]


def test_a_footer_without_what_the_law_wants_is_named_with_its_file(letters: Letters, facts: Facts) -> None:
    layout = letters.folder / "layout.txt"
    layout.write_text(layout.read_text(encoding="utf-8").replace("{{ sender.postal_address }}", ""), encoding="utf-8")
    [found] = [one for one in sample(letters, facts) if one.verdict is not Verdict.RIGHT]

    assert (found.what, found.fix) == ("the text part lacks its postal address", f"put {{{{ sender.postal_address }}}} back into {layout}")


def test_a_folder_without_letters_is_said(tmp_path: Path, facts: Facts) -> None:
    assert not_right(sample(Letters(tmp_path), facts)) == [("wrong", f"there are no letters in {tmp_path}")]
