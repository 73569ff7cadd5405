"""Two cannot work in one folder: who has it is named, also when that is only what a killed one left behind."""

from pathlib import Path

import anyio
import pytest

from local import alone
from local.alone import alone_in
from local.processes import running

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alone, "PATIENCE_S", 0.3)


async def test_the_second_one_is_told_who_has_the_folder_and_the_third_has_it_again(tmp_path: Path) -> None:
    async with alone_in(tmp_path):
        with pytest.raises(RuntimeError, match="another 'make up' runs on it, as process"):
            async with alone_in(tmp_path):
                pass

    async with alone_in(tmp_path):
        pass


async def test_what_a_killed_one_left_behind_is_named_with_the_way_to_end_it(tmp_path: Path) -> None:
    async with alone_in(tmp_path) as lock, running("worker", ["sleep", "600"], keeps=[lock.file]) as worker:
        lock.name_holders({"worker": worker.pid})
        await killed(tmp_path)

        with pytest.raises(RuntimeError, match=rf"left worker \({worker.pid}\) behind; end them with: kill {worker.pid}$"):
            async with alone_in(tmp_path):
                pass


async def killed(folder: Path) -> None:
    """What the lock says once its owner is gone: the process that wrote it does not run any more."""
    async with running("owner", ["true"]) as owner:
        await owner.ended()
        path = anyio.Path(folder / "lock")
        lines = (await path.read_text()).splitlines(keepends=True)
        await path.write_text("".join([f"{owner.pid} make up\n", *lines[1:]]))
