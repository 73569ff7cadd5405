"""``python -m benchmarks.mail``: letters rendered, composed, signed and sent by SMTP, beside aiosmtplib alone with the same bytes.

The server is a process of its own. What counts is the CPU time of the sender, as letters a second and core.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from subprocess import PIPE
from time import process_time
from typing import Any, Final
from uuid import UUID, uuid4

import uvloop
from aiosmtplib import SMTP

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
    links=Links(unsubscribe="https://letters.example.co.jp/u/" + "a1_-" * 30, site="https://www.example.co.jp"),
)
AT: Final = datetime(2027, 3, 1, tzinfo=UTC)
AIM: Final = 0.5


class Press:
    """Makes letters, each step by itself so that it can be measured by itself."""

    def __init__(self, signer: Signer) -> None:
        self._letters = Letters("email_templates")
        self._signer = signer

    def render(self) -> Rendered:
        return self._letters.render("welcome", "hello", "ja", "en", FACTS)

    def compose(self, rendered: Rendered, key: UUID) -> bytes:
        return compose(
            rendered,
            sender=SENDER,
            to=ADDRESS,
            to_name="山田 太郎",
            message_id=message_id_of(key, SENDER.address),
            unsubscribe_url=FACTS.links.unsubscribe,
            sent_at=AT,
        )

    def sign(self, composed: bytes) -> bytes:
        return self._signer.sign(composed)


async def _cpu_of(letters: int, once: Callable[[], Awaitable[Any]]) -> float:
    """CPU seconds of one, after a few to warm up."""
    for _ in range(10):
        await once()
    before = process_time()
    for _ in range(letters):
        await once()
    return (process_time() - before) / letters


async def _measure(url: str, port: int, press: Press, letters: int) -> None:
    rendered = press.render()
    composed = press.compose(rendered, uuid4())
    signed = press.sign(composed)
    transport = SmtpTransport(url, starttls=False, connections=1)
    plain = SMTP(hostname="127.0.0.1", port=port, start_tls=False)
    await plain.connect()

    async def carry(message: bytes, key: UUID) -> None:
        await transport.send(message, sender=SENDER.address, to=ADDRESS, key=key)

    async def step(does: Callable[[], Any]) -> float:
        async def once() -> None:
            does()

        return await _cpu_of(letters, once)

    async def whole() -> None:
        key = uuid4()
        await carry(press.sign(press.compose(press.render(), key)), key)

    async def unsigned() -> None:
        key = uuid4()
        await carry(press.compose(press.render(), key), key)

    floor = await _cpu_of(letters, lambda: plain.sendmail(SENDER.address, [ADDRESS], signed))
    rows = {
        "aiosmtplib alone, the same bytes": floor,
        "render": await step(press.render),
        "compose": await step(lambda: press.compose(rendered, uuid4())),
        "sign": await step(lambda: press.sign(composed)),
        "send": await _cpu_of(letters, lambda: carry(signed, uuid4())),
        "all but signing": await _cpu_of(letters, unsigned),
        "all of it": await _cpu_of(letters, whole),
    }
    await transport.close()
    plain.close()
    print(f"Measured on {machine()}, {letters:,} letters of {len(signed):,} bytes.\n")
    print("| | CPU ms a letter | letters a second and core | of aiosmtplib alone |\n| --- | --- | --- | --- |")
    for name, seconds in rows.items():
        print(f"| {name} | {seconds * 1e3:.2f} | {1 / seconds:,.0f} | {floor / seconds:.2f} |")
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
    """The least that a server can be: it answers every command with a yes."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            if line.upper().startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
            writer.write(b"250 OK\r\n")
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
    press = Press(Signer(selector="letters", domain="example.co.jp", key=await _key()))
    async with _server() as port:
        await _measure(f"smtp://127.0.0.1:{port}", port, press, letters)


if __name__ == "__main__":
    given = argparse.ArgumentParser()
    given.add_argument("--serve", action="store_true")
    given.add_argument("--letters", type=int, default=300)
    arguments = given.parse_args()
    uvloop.run(_serve() if arguments.serve else _main(arguments.letters))
