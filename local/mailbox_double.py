"""A double of a mail server's IMAP side (RFC 3501), for trying out and for tests: it knows what a reader needs, and can misbehave.

It is no mail server: messages are put into it by hand, nothing is kept, and there is one user with one folder.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

USER, PASSWORD = "letters", "open sesame"


@dataclass(slots=True, kw_only=True)
class Lying:
    """A message in the folder."""

    uid: int
    at: datetime
    content: bytes


@dataclass(slots=True)
class MailboxDouble:
    """One folder. ``breaks_after`` is how many more messages it gives before it drops the line in the midst of one; None for ever."""

    url: str = ""
    validity: int = 1
    next_uid: int = 1
    lying: list[Lying] = field(default_factory=list)
    given: list[int] = field(default_factory=list)
    """The UIDs that were fetched, in their order."""
    breaks_after: int | None = None
    takes_nobody: bool = False
    logins: int = 0

    def put(self, content: bytes, at: datetime) -> None:
        """A message arrives."""
        self.lying.append(Lying(uid=self.next_uid, at=at, content=content))
        self.next_uid += 1

    def remove(self, uid: int) -> None:
        """Somebody deletes a message."""
        self.lying = [message for message in self.lying if message.uid != uid]

    def begin_to_count_anew(self, first: int = 1) -> None:
        """The folder is put up again: the same messages under other UIDs and another UIDVALIDITY."""
        self.validity += 1
        for number, message in enumerate(self.lying, first):
            message.uid = number
        self.next_uid = first + len(self.lying)


@asynccontextmanager
async def mailbox_double() -> AsyncIterator[MailboxDouble]:
    """Answer on a port that the system chooses while the block lasts. ``url`` is what IMAP_URL would be."""
    double = MailboxDouble()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _Talk(double, reader, writer).go_on()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    double.url = f"imap://{USER}:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{port}/INBOX"
    async with server:
        yield double


class _Talk:
    """One connection."""

    def __init__(self, double: MailboxDouble, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._double, self._reader, self._writer = double, reader, writer
        self._is_in = False

    async def go_on(self) -> None:
        self._say("* OK a double of an IMAP server is ready")
        while line := await self._reader.readline():
            tag, _, rest = line.decode().strip().partition(" ")
            word, _, arguments = rest.partition(" ")
            if not await self._answer(tag, word.upper(), arguments):
                return

    async def _answer(self, tag: str, word: str, arguments: str) -> bool:
        """Answer a command; False to end the conversation."""
        match word:
            case "CAPABILITY":
                self._say("* CAPABILITY IMAP4rev1")
            case "LOGIN":
                self._double.logins += 1
                if self._double.takes_nobody or arguments != f'{USER} "{PASSWORD}"':
                    self._say(f"{tag} NO [AUTHENTICATIONFAILED] {USER} is not known")
                    return True
                self._is_in = True
            case "EXAMINE" if self._is_in and arguments.strip('"').upper() == "INBOX":
                self._say(f"* {len(self._double.lying)} EXISTS", f"* OK [UIDVALIDITY {self._double.validity}] valid")
                self._say(f"* OK [UIDNEXT {self._double.next_uid}] next")
            case "UID" if self._is_in:
                if not await self._by_uid(arguments):
                    return False
            case "LOGOUT":
                self._say("* BYE", f"{tag} OK")
                return False
            case _:
                self._say(f"{tag} NO that cannot be")
                return True
        self._say(f"{tag} OK done")
        await self._writer.drain()
        return True

    async def _by_uid(self, arguments: str) -> bool:
        kind, _, wanted = arguments.partition(" ")
        if kind.upper() == "SEARCH":
            self._say("* SEARCH " + " ".join(str(uid) for uid in self._found(wanted)))
            return True
        uid = int(wanted.partition(" ")[0])
        message = next((message for message in self._double.lying if message.uid == uid), None)
        if message is None:
            return True
        if self._double.breaks_after is not None:
            self._double.breaks_after -= 1
        breaks = self._double.breaks_after == -1
        limit = re.search(r"<0\.(\d+)>", wanted)
        content = message.content[: int(limit[1]) if limit else None]
        date = message.at.astimezone(UTC).strftime("%d-%b-%Y %H:%M:%S +0000")
        self._writer.write(f'* 1 FETCH (UID {uid} INTERNALDATE "{date}" BODY[]<0> {{{len(content)}}}\r\n'.encode())
        self._writer.write(content[: len(content) // 2] if breaks else content + b")\r\n")
        await self._writer.drain()
        if breaks:
            self._double.breaks_after = None
            return False
        self._double.given.append(uid)
        return True

    def _found(self, wanted: str) -> list[int]:
        """``UID 5:*`` always finds the last message as well, as the standard wants it."""
        lying = self._double.lying
        if since := re.fullmatch(r"SINCE (\d+-\w+-\d+)", wanted):
            day = datetime.strptime(since[1], "%d-%b-%Y").replace(tzinfo=UTC)
            return [message.uid for message in lying if message.at >= day]
        first = int(wanted.removeprefix("UID ").partition(":")[0])
        return sorted({message.uid for message in lying if message.uid >= first} | {message.uid for message in lying[-1:]})

    def _say(self, *lines: str) -> None:
        for line in lines:
            self._writer.write(f"{line}\r\n".encode())
