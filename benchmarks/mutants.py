"""Whether the tests of a module can fail: it is changed in one place at a time, and what no test notices is printed with its line."""

import argparse
import ast
import importlib.abc
import importlib.machinery
import importlib.util
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from copy import deepcopy
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

import pytest
from rich.console import Console

_ROOT: Final = Path(__file__).parents[1]
_OTHERS: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_LETTERS: Final = (ast.Constant, ast.JoinedStr)


def changed(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in the place of a node, so that a rule of the business is another one."""
    match node:
        case ast.Compare(left=left, ops=[operator], comparators=comparators):
            yield ast.Compare(left=left, ops=[_OTHERS[type(operator)]()], comparators=comparators)
        case ast.BoolOp(op=ast.And(), values=values):
            yield ast.BoolOp(op=ast.Or(), values=values)
        case ast.BoolOp(op=ast.Or(), values=values):
            yield ast.BoolOp(op=ast.And(), values=values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.Constant(value=int() as value) if not isinstance(value, bool):
            yield ast.Constant(value=value + 1)
        case ast.If(body=body, orelse=orelse):
            yield from (ast.If(test=ast.Constant(value=sure), body=body, orelse=orelse) for sure in (True, False))
        case ast.IfExp(body=body, orelse=orelse):
            yield from (ast.IfExp(test=ast.Constant(value=sure), body=body, orelse=orelse) for sure in (True, False))
        case ast.Return(value=ast.expr() as value) if not isinstance(value, _LETTERS):
            yield ast.Return(value=ast.Constant(value=None))


class _Change(ast.NodeTransformer):
    """Makes the change with this number, and counts those that there are. Annotations are left as they are."""

    def __init__(self, number: int) -> None:
        self.number, self.seen, self.line = number, 0, 0

    def visit(self, node: ast.AST) -> ast.AST:
        for other in changed(node):
            self.seen += 1
            if self.seen == self.number:
                self.line = getattr(node, "lineno", 0)
                return ast.copy_location(other, node)
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns"):
                continue
            if isinstance(value, ast.AST):
                setattr(node, name, self.visit(value))
            elif isinstance(value, list):
                value[:] = [self.visit(one) if isinstance(one, ast.AST) else one for one in value]
        return node


def mutant(tree: ast.Module, number: int) -> tuple[ast.Module, int]:
    """A copy of a module with one change, counted from 1, and the line of it; the number of all of them where it is beyond the last."""
    change = _Change(number)
    copy = change.visit(deepcopy(tree))
    assert isinstance(copy, ast.Module)
    return ast.fix_missing_locations(copy), change.line or change.seen


class _Instead(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives a changed module to whoever imports it."""

    def __init__(self, name: str, code: CodeType) -> None:
        self._name, self._code = name, code

    def find_spec(self, fullname: str, path: object, target: object = None) -> importlib.machinery.ModuleSpec | None:
        return importlib.util.spec_from_loader(fullname, self) if fullname == self._name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)


def survives(name: str, tree: ast.Module, tests: Sequence[str], seconds: int) -> bool:
    """Whether all tests pass on this module, in a process of its own; one that takes longer is stopped, and that counts as noticed."""
    child = os.fork()
    if child == 0:
        signal.alarm(seconds)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        sys.meta_path.insert(0, _Instead(name, compile(tree, name, "exec")))
        os._exit(int(pytest.main(["-q", "-x", "-p", "no:cacheprovider", *tests])))
    return os.waitpid(child, 0)[1] == 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("module", help="the file that is changed, like nurture/moving.py")
    parser.add_argument("tests", nargs="+", help="the files with its tests")
    parser.add_argument("--every", type=int, default=1, help="only every so many changes")
    parser.add_argument("--seconds", type=int, default=60, help="how long the tests may take")
    wanted = parser.parse_args()
    sys.dont_write_bytecode = True
    os.chdir(_ROOT)
    name, console = wanted.module.removesuffix(".py").replace("/", "."), Console(highlight=False)
    lines = Path(wanted.module).read_text(encoding="utf-8").splitlines()
    tree = ast.parse("\n".join(lines))
    if not survives(name, tree, wanted.tests, wanted.seconds):
        raise SystemExit("the tests fail on the module as it is")
    numbers = range(1, mutant(tree, sys.maxsize)[1] + 1, wanted.every)
    survivors = 0
    for number in numbers:
        copy, line = mutant(tree, number)
        if survives(name, copy, wanted.tests, wanted.seconds):
            survivors += 1
            console.print(f"{wanted.module}:{line}: change {number} is not noticed: {lines[line - 1].strip()}", markup=False)
    console.print(f"{len(numbers)} changes, {len(numbers) - survivors} noticed, {survivors} not")


if __name__ == "__main__":
    main()
