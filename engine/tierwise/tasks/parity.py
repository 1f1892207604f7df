"""The same scores on several backends? Every value, points, score and level is compared exactly."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from tierwise import pipeline
from tierwise.diagnostics import Argument, CannotRun, Diagnostic, Outcome, shown
from tierwise.model.ruleset import RuleSet
from tierwise.program.cases.case import ValueResult
from tierwise.program.program import Program
from tierwise.run.address import shown_address
from tierwise.run.backend import Backend, Data, Settings
from tierwise.run.backends import connect, reads
from tierwise.run.carry import carry
from tierwise.run.results import OptionResults, Results, ScoreResult, Stamp
from tierwise.tasks.evaluate import results_of

LISTED = 20
"""How many of an option's differing partners are listed."""
MISSING = "no such row"
"""What a backend says of a partner that it does not score."""


@dataclass(frozen=True)
class Difference:
    """One thing that differs: ``METRIC.points``, ``score``, ``level`` ..., and each backend's answer."""

    what: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class PartnerParity:
    """All that differs about one partner in an option."""

    scored: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class OptionParity:
    """One option: how many partners were compared, how many differ, and the first of those."""

    program: Program
    option: str
    compared: int
    differing: int
    listed: tuple[PartnerParity, ...]


@dataclass(frozen=True)
class ParityReport:
    """What comes of one plan on several backends.

    ``findings``: warnings, or refusals, that not all backends have, with who has them.
    ``stamps``: of those that gave results, in the order of ``backends``.
    """

    backends: tuple[str, ...]
    options: tuple[OptionParity, ...]
    findings: tuple[tuple[Diagnostic, tuple[str, ...]], ...]
    stamps: tuple[Stamp, ...]
    warnings: tuple[Diagnostic, ...]

    @property
    def equal(self) -> bool:
        """Whether nothing differs."""
        return not self.findings and not any(each.differing for each in self.options)


def parity(
    rules: RuleSet,
    data: Data,
    as_of: int,
    backends: Sequence[Settings],
    competency: str | None = None,
    option: str | None = None,
    version: str | None = None,
    partners: Sequence[str] = (),
    allow_short_history: bool = False,
    progress: Callable[[str], None] = lambda doing: None,
) -> Outcome[ParityReport]:
    """Evaluate competencies on several backends, and compare.

    Args:
        rules, data, as_of, competency, option, version, partners, allow_short_history, progress:
            as for ``evaluate``.
        backends: at least two. Those that cannot open ``data`` are given it by the first that can.

    Returns:
        The comparison; or what is refused by all of them.

    Raises:
        CannotRun: one of them cannot run the plan, which is said before data is read; or the
            environment does not let it.
    """
    bound = pipeline.programs(rules, as_of, competency, option, version)
    if bound.value is None:
        return Outcome(None, bound.diagnostics)
    wrong = _wrong(backends, data)
    if wrong is not None:
        return Outcome(None, (wrong,))
    asked = _Asked(bound.value, allow_short_history, competency is None, tuple(partners), progress)
    outcomes = _outcomes(asked, data, backends)
    names = tuple(each.backend for each in backends)
    given = [each.value for each in outcomes if each.value is not None]
    if not given:
        return Outcome(None, outcomes[0].diagnostics)
    options = _compared(given) if len(given) == len(outcomes) else ()
    stamps = tuple(each.stamp for each in given)
    return Outcome(
        ParityReport(names, options, _findings(names, outcomes), stamps, given[0].warnings)
    )


def _wrong(backends: Sequence[Settings], data: Data) -> Diagnostic | None:
    names = [each.backend for each in backends]
    place = Argument("--backends")
    if len(names) < 2 or len(set(names)) < len(names):
        return Diagnostic("wrong-backends", "name at least two backends, each once", place,
                          "such as --backends duckdb,postgres")  # fmt: skip
    where = data if isinstance(data, Path | str) else ""
    if not any(reads(each, str(where)) for each in names):
        return Diagnostic("wrong-backends", f"none of {', '.join(names)} reads "
                          f"{shown(shown_address(str(where)))}", place,
                          "name the one that does as well")  # fmt: skip
    return None


@dataclass(frozen=True)
class _Asked:
    """What every backend is asked."""

    bound: tuple[Program, ...]
    allow_short_history: bool
    leave_out: bool
    partners: tuple[str, ...]
    progress: Callable[[str], None]


def _outcomes(asked: _Asked, data: Data, backends: Sequence[Settings]) -> list[Outcome[Results]]:
    """What each backend gives, in their order; or what the first that reads the data refuses.

    All are asked whether they can run the plan before one of them reads data.
    """
    where = str(data) if isinstance(data, Path | str) else ""
    # Who opens the data goes first, since the others may be given it.
    order = sorted(
        range(len(backends)), key=lambda place: not reads(backends[place].backend, where)
    )
    gives = not all(reads(each.backend, where) for each in backends)
    found: dict[int, Outcome[Results]] = {}
    with ExitStack() as closing, tempfile.TemporaryDirectory(prefix="tierwise-") as folder:
        opened: dict[int, tuple[Backend, ExitStack]] = {}
        for place in order:
            own = closing.enter_context(ExitStack())
            with _said(backends[place]):
                opened[place] = (own.enter_context(connect(backends[place])), own)
                pipeline.check_runs(opened[place][0], asked.bound)
        for place in order:
            settings, (backend, own) = backends[place], opened[place]
            asked.progress(f"scoring on {settings.backend}")
            own_data = data if reads(settings.backend, where) else folder
            to = Path(folder) if gives and place == order[0] else None
            with _said(settings), own:
                found[place] = _scored(asked, backend, own_data, to)
            if to is not None and found[place].value is None:
                return [found[place]]
    return [found[place] for place in range(len(backends))]


def _scored(asked: _Asked, backend: Backend, data: Data, give_to: Path | None) -> Outcome[Results]:
    """What one backend gives; ``give_to``: the folder in which others find the data."""
    outcome = pipeline.ran_on(
        backend, data, asked.bound, asked.allow_short_history, asked.progress, asked.leave_out,
        asked.partners,
    )  # fmt: skip
    if outcome.value is not None and give_to is not None:
        asked.progress("giving the data to the others")
        carry(backend, outcome.value.raw, give_to)
    return results_of(outcome, asked.partners)


@contextmanager
def _said(settings: Settings) -> Iterator[None]:
    """Within this block what cannot be run is said to be of this backend."""
    try:
        yield
    except CannotRun as error:
        raise CannotRun(f"{settings.backend}: {error}", error.hint) from error


def _compared(results: Sequence[Results]) -> tuple[OptionParity, ...]:
    """Every option, on all of them; one that only some score has all its partners missing there."""
    by_key: dict[tuple[str, str], dict[int, OptionResults]] = {}
    for place, each in enumerate(results):
        for option in each.options:
            key = (option.program.competency, option.option.id)
            by_key.setdefault(key, {})[place] = option
    return tuple(_option(those, len(results)) for those in by_key.values())


def _option(by_place: Mapping[int, OptionResults], backends: int) -> OptionParity:
    known = next(iter(by_place.values()))
    suspects = _suspects(by_place, backends)
    scores = [_of(by_place.get(place), suspects) for place in range(backends)]
    judged = (_partner(scored, [each.get(scored) for each in scores]) for scored in suspects)
    differing = [each for each in judged if each.differences]
    compared = max(len(each) for each in by_place.values())
    return OptionParity(
        known.program, known.option.id, compared, len(differing), tuple(differing[:LISTED])
    )


def _suspects(by_place: Mapping[int, OptionResults], backends: int) -> list[str]:
    """The keys of partners that have not the same row everywhere, in their order.

    Their numbers may be the same nevertheless, written as other fractions.
    """
    known, *others = by_place.values()
    keys: set[str] = set()
    if len(by_place) < backends:
        keys |= {*known.table["scored"].to_pylist()}
    own: dict[str, object] | None = None
    for other in others:
        if _alike(known.table, other.table):
            continue
        own = own if own is not None else _rows(known.table)
        theirs = _rows(other.table)
        keys |= {key for key in own.keys() | theirs.keys() if own.get(key) != theirs.get(key)}
    return sorted(keys)


def _alike(one: pa.Table, other: pa.Table) -> bool:
    """Whether two tables hold the same; they may differ in how a backend types what it gives."""
    if one.column_names != other.column_names or one.num_rows != other.num_rows:
        return False
    try:
        return bool(one.equals(other.cast(one.schema)))
    except pa.ArrowInvalid:
        return False


def _rows(table: pa.Table) -> dict[str, object]:
    return {str(row["scored"]): row for row in table.to_pylist()}


def _of(results: OptionResults | None, scored: Sequence[str]) -> dict[str, ScoreResult]:
    """The scores of some partners."""
    if results is None:
        return {}
    own = results.table.filter(pc.is_in(results.table["scored"], pa.array(scored, pa.string())))
    return {
        each.scored: each for each in OptionResults(results.program, results.option, own).scores()
    }


def _partner(scored: str, scores: Sequence[ScoreResult | None]) -> PartnerParity:
    texts = [{} if each is None else _texts(each) for each in scores]
    names = dict.fromkeys(name for each in texts for name in each)
    if any(each is None for each in scores):
        names = dict.fromkeys(["score"])
    answers = {name: tuple(each.get(name, MISSING) for each in texts) for name in names}
    return PartnerParity(scored, tuple(
        Difference(name, each) for name, each in answers.items() if len(set(each)) > 1
    ))  # fmt: skip


def _texts(score: ScoreResult) -> dict[str, str]:
    """All that is said of a partner, by name; numbers as fractions in lowest terms."""
    said = {"score": str(score.score), "level": score.level or "none"}
    for each in score.metrics:
        name = each.metric.id
        said |= {f"{name}.value": _text(each.value), f"{name}.points": str(each.points)}
        said |= {f"{name}.{part}": str(number) for part, number in each.parts.items()}
        threshold = each.threshold.number if each.threshold is not None else None
        said |= {f"{name}.threshold": _text(threshold), f"{name}.reason": each.reason or "none"}
    said |= {f"{name}.points": str(number) for name, number in score.groups.items()}
    return said | {name: _text(value) for name, value in score.values.items()}


def _text(value: ValueResult) -> str:
    if value is None:
        return "none"
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def _findings(
    names: Sequence[str], outcomes: Sequence[Outcome[Results]]
) -> tuple[tuple[Diagnostic, tuple[str, ...]], ...]:
    """What is found on some backends and not on all. Places differ: not every row has a number."""
    first: dict[tuple[str, str], Diagnostic] = {}
    who: dict[tuple[str, str], dict[str, None]] = {}
    for name, outcome in zip(names, outcomes, strict=True):
        results = outcome.value
        found = outcome.diagnostics if results is None else results.warnings
        for each in found:
            key = (each.code, each.message)
            first.setdefault(key, each)
            who.setdefault(key, {})[name] = None
    return tuple(
        (first[key], tuple(those)) for key, those in who.items() if len(those) < len(names)
    )
