"""``python -m benchmarks.mail``: letters rendered, composed, signed and sent by SMTP, beside aiosmtplib alone with the same bytes.

The server is a process of its own. What counts is the CPU time of the sender, as letters a second and core. Each letter goes to another
person.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from statistics import median
from subprocess import PIPE
from time import process_time
from typing import Any, Final
from uuid import UUID, uuid4

import uvloop
from aiosmtplib import SMTP
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from benchmarks.meter import machine
from mail.compose import compose, message_id_of
from mail.facts import Addressee, Facts, Links, Sender
from mail.letters import Letters, Rendered
from mail.signing import Signer
from mail.smtp import SmtpTransport

ADDRESS: Final = "taro@example.co.jp"
SENDER: Final = Sender(
    name="Hoshino Instruments",
    address="letters@example.co.jp",
    legal_name="Hoshino Instruments K.K.",
    postal_address="1-1-1 Example, Chiyoda-ku, Tokyo 100-0001, Japan",
    contact="complaints@example.co.jp",
)
FACTS: Final = Facts(
    lead=Addressee(given_name="太郎", family_name="山田", company="株式会社北斗食品", title="製造部長"),
    sender=SENDER,
    links=Links(
        unsubscribe="https://letters.example.co.jp/u/" + "a1_-" * 30,
        preferences="https://letters.example.co.jp/preferences/" + "a1_-" * 30,
        site="https://www.example.co.jp",
    ),
)
AT: Final = datetime(2027, 3, 1, tzinfo=UTC)
AIM: Final = 0.5
_BLOCK: Final = 20
_GIVEN: Final = ("太郎", "花子", "次郎", "美咲", "健", "陽子", "誠")
_FAMILY: Final = ("山田", "佐藤", "鈴木", "高橋", "田中", "伊藤", "渡辺", "中村", "小林", "加藤", "吉田")

Step = Callable[[], Awaitable[Any]]


class Press:
    """Makes letters, each step by itself so that it can be measured by itself."""

    def __init__(self, key: str) -> None:
        self._letters = Letters("email_templates")
        self._signer = Signer(selector="letters", domain="example.co.jp", key=key)
        self._key = load_pem_private_key(key.encode(), None)
        self._names = cycle([Addressee(given_name=g, family_name=f, company=f"{f}食品", title="製造部長") for f in _FAMILY for g in _GIVEN])

    def render(self) -> Rendered:
        """For another person each time, with links of its own."""
        self._lead, token = next(self._names), uuid4().hex * 3
        links = replace(FACTS.links, unsubscribe=f"https://letters.example.co.jp/u/{token}")
        return self._letters.render("welcome", "hello", "ja", "en", replace(FACTS, lead=self._lead, links=links))

    def compose(self, rendered: Rendered, key: UUID) -> bytes:
        return compose(
            rendered,
            sender=SENDER,
            to=ADDRESS,
            to_name=self._lead.name_in("ja"),
            message_id=message_id_of(key, SENDER.address),
            unsubscribe_url=FACTS.links.unsubscribe,
            sent_at=AT,
        )

    def sign(self, composed: bytes) -> bytes:
        return self._signer.sign(composed)

    def rsa(self) -> bytes:
        """What nothing that signs with this key can do without."""
        assert isinstance(self._key, RSAPrivateKey)
        return self._key.sign(b"x" * 700, PKCS1v15(), SHA256())


async def _cpu_of(once: Step) -> float:
    """CPU seconds of one, as a mean of a few."""
    before = process_time()
    for _ in range(_BLOCK):
        await once()
    return (process_time() - before) / _BLOCK


async def _in_turns(steps: Mapping[str, Step], letters: int) -> dict[str, list[float]]:
    """CPU seconds of each step, in blocks that take turns, so that what else happens on the machine happens to all of them."""
    for once in steps.values():
        await _cpu_of(once)
    rounds = [[await _cpu_of(once) for once in steps.values()] for _ in range(letters // _BLOCK)]
    return {name: [seconds[at] for seconds in rounds] for at, name in enumerate(steps)}


async def _measure(url: str, port: int, press: Press, letters: int) -> None:
    rendered = press.render()
    composed = press.compose(rendered, uuid4())
    signed = press.sign(composed)
    transport = SmtpTransport(url, starttls=False, connections=1)
    plain = SMTP(hostname="127.0.0.1", port=port, start_tls=False)
    await plain.connect()

    async def carry(message: bytes, key: UUID) -> None:
        await transport.send(message, sender=SENDER.address, to=ADDRESS, key=key)

    def step(does: Callable[[], Any]) -> Step:
        async def once() -> None:
            does()

        return once

    async def whole() -> None:
        key = uuid4()
        await carry(press.sign(press.compose(press.render(), key)), key)

    async def unsigned() -> None:
        key = uuid4()
        await carry(press.compose(press.render(), key), key)

    took = await _in_turns(
        {
            "aiosmtplib alone, the same bytes": lambda: plain.sendmail(SENDER.address, [ADDRESS], signed),
            "render": step(press.render),
            "compose": step(lambda: press.compose(rendered, uuid4())),
            "sign": step(lambda: press.sign(composed)),
            "RSA alone": step(press.rsa),
            "send": lambda: carry(signed, uuid4()),
            "all but signing": unsigned,
            "all of it": whole,
        },
        letters,
    )
    await transport.close()
    plain.close()
    print(f"Measured on {machine()}, {letters:,} letters of {len(signed):,} bytes, in turns of {_BLOCK}.\n")
    print("| | CPU ms a letter: median | best | letters a second and core | of aiosmtplib alone: median | best |")
    print("| --- | --- | --- | --- | --- | --- |")
    floor = next(iter(took.values()))
    for name, each in took.items():
        middle, best = median(each), min(each)
        ratio = median(alone / ours for alone, ours in zip(floor, each, strict=True))
        print(f"| {name} | {middle * 1e3:.2f} | {best * 1e3:.2f} | {1 / middle:,.0f} | {ratio:.2f} | {min(floor) / best:.2f} |")
    print(f"\nAim: all of it at least {AIM} of aiosmtplib alone.")


@asynccontextmanager
async def _server() -> Any:
    """A server that takes everything, in a process of its own; gives its port."""
    command = [sys.executable, "-m", "benchmarks.mail", "--serve"]
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stdin=PIPE)
    assert process.stdout is not None
    try:
        yield int(await process.stdout.readline())
    finally:
        process.kill()
        await process.wait()


async def _serve() -> None:
    """The least that a server can be: it answers every command with a yes, and takes commands together, as nearly every server does."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            if line.upper().startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
            writer.write(b"250-here\r\n250 PIPELINING\r\n" if line.upper().startswith(b"EHLO") else b"250 OK\r\n")
        writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", 0, limit=2**20)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def _key() -> str:
    """A key of 2,048 bits, for as long as this runs."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "key.pem"
        made = await asyncio.create_subprocess_exec("openssl", "genrsa", "-out", str(path), "2048", stderr=PIPE)
        await made.communicate()
        return path.read_text(encoding="ascii")


async def _main(letters: int) -> None:
    press = Press(await _key())
    async with _server() as port:
        await _measure(f"smtp://127.0.0.1:{port}", port, press, letters)


if __name__ == "__main__":
    given = argparse.ArgumentParser()
    given.add_argument("--serve", action="store_true")
    given.add_argument("--letters", type=int, default=400)
    arguments = given.parse_args()
    uvloop.run(_serve() if arguments.serve else _main(arguments.letters))
