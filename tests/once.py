"""What is done once for all tests of a process, where each would do it anew: one process does it once in production, too."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any, Final

import asyncpg
import pytest
import typer.testing
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import LRUCache
from typer.main import get_command

from mail.letters import Letters

_FIRST_OWN_TYPE: Final = 16384
"""All below are the same in every database of a server."""


@pytest.fixture(scope="session", autouse=True)
def one_root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Trust one certificate that nobody has. To read all root certificates of a machine takes 28 ms, and every HTTP client does it anew."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nobody.example.com")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    valid = made.not_valid_before(datetime(2026, 1, 1, tzinfo=UTC)).not_valid_after(datetime(2126, 1, 1, tzinfo=UTC))
    folder = tmp_path_factory.mktemp("certificates")
    (folder / "root.pem").write_bytes(valid.sign(key, SHA256()).public_bytes(Encoding.PEM))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SSL_CERT_FILE", str(folder / "root.pem"))
        environment.setenv("SSL_CERT_DIR", str(folder / "none"))
        yield


@pytest.fixture(scope="session", autouse=True)
def statements_compiled_once() -> Iterator[None]:
    """Statements are kept as they were compiled, for all tests: SQLAlchemy keeps them by engine and dialect, and each test has its own."""
    compiled, dialects = LRUCache[Any, Any](2000), list[Any]()

    def engine_of(*args: Any, **options: Any) -> AsyncEngine:
        made = create_async_engine(*args, **options)
        engine = made.sync_engine
        engine.update_execution_options(compiled_cache=compiled)
        if dialects and dialects[0].server_version_info:  # it has been to the server, and asked what there is to know
            vars(engine.dialect)["initialize"] = lambda connection: None
            engine.dialect = dialects[0]
        else:
            dialects[:] = [engine.dialect]
        return made

    with pytest.MonkeyPatch.context() as environment:
        environment.setattr("store.database.create_async_engine", engine_of)
        yield


@pytest.fixture(scope="session", autouse=True)
def types_asked_once() -> Iterator[None]:
    """What PostgreSQL says of its own types is known once it was asked: every connection would ask anew, which takes it 10 ms each time."""
    ask, known = asyncpg.Connection._introspect_types, dict[tuple[int, ...], Any]()

    async def answer(connection: Any, types: Iterable[int], *within: float) -> Any:
        asked = tuple(types)
        if max(asked) >= _FIRST_OWN_TYPE:
            return await ask(connection, asked, *within)
        if asked not in known:
            known[asked], _ = await ask(connection, asked, *within)
        return known[asked], SimpleNamespace(name="known")

    with pytest.MonkeyPatch.context() as environment:
        environment.setattr(asyncpg.Connection, "_introspect_types", answer)
        yield


@pytest.fixture(scope="session", autouse=True)
def commands_made_once() -> Iterator[None]:
    """The starter's commands are made once, as in a process of its own: to make them takes ten times as long as to carry one out."""
    with pytest.MonkeyPatch.context() as typed:
        typed.setattr(typer.testing, "_get_command", cache(get_command))
        yield


@pytest.fixture(scope="session", autouse=True)
def letters_read_once() -> Iterator[None]:
    """Workers know the letters of a folder from those before them, as one that goes on does; a file that has changed is read again."""
    with pytest.MonkeyPatch.context() as worker:
        worker.setattr("worker.Letters", cache(Letters))
        yield
