"""A backend is a file and a line: one that nothing else knows of is plugged in here."""

from __future__ import annotations

import io
import sys
import types
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import tierwise
from rule_files import carried_rules
from tierwise.diagnostics import Diagnostic
from tierwise.plan.plan import Step
from tierwise.program.program import Contract
from tierwise.run import backends
from tierwise.run.ahead import Ahead
from tierwise.run.backend import Backend, Data, RawTable, Settings
from tierwise.run.check_ahead import ToBeChecked
from tierwise_cli.render.explanation import WRITERS

CONTOSO = Path("examples/contoso")
AS_OF = "2021-05"


class Plugged:
    """A backend that has what the protocol names, and nothing else."""

    name = "plugged"
    hashes_well = False

    def __init__(self, behind: Backend) -> None:
        self._behind = behind
        self.opened = 0
        self.lacks = ""
        self.queries: dict[Hashable, str] = {}
        """By what is created, its name."""
        self.expected: list[Hashable] = []
        self.asked: list[ir.Table] = []
        self.created: list[str] = []

    def lacking(self, steps: Iterable[Step]) -> Iterable[tuple[Step, str]]:
        return [(step, self.lacks) for step in steps if self.lacks]

    def open(self, data: Data, contract: Contract, found: list[Diagnostic]) -> dict[str, RawTable]:
        self.opened += 1
        return self._behind.open(data, contract, found)

    def numbered(self, raw: RawTable) -> ir.Table:
        return self._behind.numbered(raw)

    def reading(self) -> AbstractContextManager[None]:
        return self._behind.reading()

    def running(self) -> AbstractContextManager[None]:
        return self._behind.running()

    def schema(self, name: str) -> ibis.Schema:
        return self._behind.schema(name)

    def types(self, name: str) -> Mapping[str, str]:
        return self._behind.types(name)

    def expect(self, query: ir.Table) -> None:
        self.expected.append(query.op())

    def create(self, name: str, table: ir.Table, stored: bool) -> None:
        self.created.append(name)
        self.queries[table.op()] = name
        self._behind.create(name, table, stored)

    def sift(self, name: str, table: ir.Table) -> None:
        self.created.append(name)
        self._behind.sift(name, table)

    def let_go(self, name: str) -> None:
        self._behind.let_go(name)

    def rows(self, table: ir.Table) -> list[tuple[object, ...]]:
        self.asked.append(table)
        return self._behind.rows(table)

    def arrow(self, table: ir.Table) -> pa.Table:
        return self._behind.arrow(table)

    def check_target(self, target: str) -> None:
        self._behind.check_target(target)

    def write(self, table: ir.Table, target: str) -> None:
        self._behind.write(table, target)


@pytest.fixture
def plugged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Plugged]:
    """A backend that is registered by one line, and lives in one module."""
    with backends.connect(Settings()) as behind:
        backend = Plugged(behind)

        @contextmanager
        def connect(settings: Settings) -> Iterator[Plugged]:
            assert settings.backend == "plugged"
            yield backend

        module = types.ModuleType("backend_of_a_test")
        module.connect = connect  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setitem(backends.BACKENDS, "plugged",
                            backends.Home(module.__name__, __name__.partition(".")[0]))  # fmt: skip
        yield backend


def test_a_backend_is_a_file_and_a_line(plugged: Plugged) -> None:
    own = tierwise.evaluate(CONTOSO, AS_OF, rules=carried_rules(), backend="plugged")
    known = tierwise.evaluate(CONTOSO, AS_OF, rules=carried_rules())
    assert own.stamp.backend == "plugged"
    assert known.stamp.backend == "duckdb"
    assert own.to_arrow().equals(known.to_arrow())
    assert plugged.opened > 0
    steps = [name for name in plugged.created if not name.startswith("data:")]
    assert len(steps) == len(set(steps))
    early = [name for name in steps if name.endswith(":gathered")]
    assert early
    assert steps[: len(early)] == early  # while data is checked
    expected = [plugged.queries[each] for each in plugged.expected if each in plugged.queries]
    later = [name for name in expected if name not in early]
    assert later == steps[len(early) :][: len(later)]


@pytest.mark.parametrize("partners", [[], ["P0000001"]])
def test_what_checking_asks_is_known_before(
    partners: list[str], plugged: Plugged, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what depends on the months that rows reach over is not."""
    tierwise.demo_data(tmp_path / "data", 20, contract="partner-data")
    expected: set[Hashable] = set()

    def expect(_: Ahead, queries: Callable[[], Iterable[ir.Table]]) -> None:
        if isinstance(getattr(queries, "__self__", None), ToBeChecked):
            expected.update(each.op() for each in queries())

    monkeypatch.setattr(Ahead, "expect", expect)
    tierwise.evaluate(tmp_path / "data", AS_OF, rules=carried_rules(), partners=partners,
                      competency="small-and-midmarket-cloud-solutions", backend="plugged")  # fmt: skip
    checks = [each for each in plugged.asked if not {"repeated", "partner_id"} & {*each.columns}]
    assert len(checks) > 20
    assert not [each.columns for each in checks if each.op() not in expected]


@pytest.mark.usefixtures("plugged")
def test_it_explains_as_well() -> None:
    texts = []
    for backend in ("plugged", "duckdb"):
        out = io.BytesIO()
        report = tierwise.explain(CONTOSO, AS_OF, "P04", rules=carried_rules(), backend=backend)
        WRITERS["text"](report, False)(out)
        texts.append(out.getvalue().decode().replace("plugged", "duckdb"))
    assert texts[0] == texts[1]


@pytest.mark.usefixtures("plugged")
def test_an_open_session_names_its_backend() -> None:
    class Session: ...

    settings = backends.chosen(Session(), None, None)
    assert isinstance(settings, Settings)
    assert settings.backend == "plugged"
    assert isinstance(settings.session, Session)


def test_what_a_backend_lacks_is_said_before_data_is_read(plugged: Plugged) -> None:
    plugged.lacks = "medians"
    with pytest.raises(tierwise.CannotRun, match=r"plugged cannot run these rules: .*: medians"):
        tierwise.evaluate(CONTOSO, AS_OF, rules=carried_rules(), backend="plugged")
    assert plugged.opened == 0


@pytest.mark.parametrize("backend", ["dukdb", 3])
def test_what_is_no_backend(backend: object) -> None:
    with pytest.raises(tierwise.Refused) as refused:
        tierwise.evaluate(CONTOSO, AS_OF, rules=carried_rules(), backend=backend)
    (finding,) = refused.value.diagnostics
    assert finding.code == "unknown-backend"
    assert "duckdb" in finding.hint


@pytest.mark.parametrize("file", sorted(Path("engine/tierwise/run/backends").glob("*.py")))
def test_every_file_is_a_line(file: Path) -> None:
    modules = {home.module for home in backends.BACKENDS.values()}
    assert file.stem == "__init__" or f"tierwise.run.backends.{file.stem}" in modules


def test_rows_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    numbers = ibis.range(2).unnest().name("a").as_table()
    with backends.connect(Settings()) as backend:
        backend.write(numbers, str(target))
        assert pq.read_table(target).to_pydict() == {"a": [0, 1]}
        with pytest.raises(tierwise.CannotRun):
            backend.write(numbers.select(a=(numbers.a + 200).cast("int8")), str(target))
    assert pq.read_table(target).to_pydict() == {"a": [0, 1]}
    assert [each.name for each in tmp_path.iterdir()] == ["out.parquet"]
