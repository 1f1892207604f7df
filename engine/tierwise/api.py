"""The Python API: what the commands use, with the same options.

Nothing heavy is loaded until it is needed: ``load_rules`` and ``validate`` work without the
engine's libraries.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from tierwise.diagnostics import Argument, Diagnostic, Outcome, Refused
from tierwise.model.ruleset import RuleSet
from tierwise.months import parse_month
from tierwise.tasks import rules as rules_task
from tierwise.tasks import test as test_task
from tierwise.tasks import validate as validate_task
from tierwise.tasks.test import CasesReport
from tierwise.tasks.validate import ValidateReport

if TYPE_CHECKING:
    from tierwise.run.backend import Settings
    from tierwise.run.results import MonthlyResults, Results
    from tierwise.tasks.demo_data import DemoReport
    from tierwise.tasks.explain import ExplainReport
    from tierwise.tasks.release import ReleaseReport
    from tierwise.tasks.write_scores import WrittenScores

Value = TypeVar("Value")
MOST_MONTHS = 120
"""How many months are scored in one run at most."""
Rules = RuleSet | Path | str | None
"""A rule set, the folder of one, or None for ``./rules`` or else the rules of the package."""


def _quiet(doing: str) -> None:
    """Tell nobody what is being done."""


def load_rules(rules: Path | str | None = None) -> RuleSet:
    """Read the rule files below a folder.

    Args:
        rules: the folder; by default ``./rules``, else the rules that come with the package.

    Returns:
        The rule set as it is written.

    Raises:
        Refused: files are not of the right shape; ``validate`` lists all that is wrong.
    """
    return value_of(rules_task.load_rules(Path(rules) if rules is not None else None))


def validate(paths: Sequence[Path | str] = ()) -> ValidateReport:
    """Validate rule files: everything that is wrong with them, each finding with its place.

    Args:
        paths: folders or single files; by default as ``load_rules``.
    """
    return validate_task.validate([Path(path) for path in paths])


def test(
    paths: Sequence[Path | str] = (),
    *,
    rules: Path | str | None = None,
    competency: str | None = None,
    progress: Callable[[str], None] = _quiet,
) -> CasesReport:
    """Evaluate the cases that stand beside rules, and compare with what they expect.

    Args:
        paths: files of cases, or folders of which all are meant; by default those of the rules.
        rules: the folder of rules; by default those that a path lies in, else as ``load_rules``.
        competency: only cases of this one.
        progress: called with a line about what is being done.

    Raises:
        Refused: the rules are wrong, or there are no cases. What is wrong with cases is in the
            report.
        CannotRun: the environment does not let the run go on.
    """
    folder = Path(rules) if rules is not None else None
    return value_of(test_task.test([Path(each) for each in paths], folder, competency, progress))


def evaluate(
    data: Path | str,
    as_of: str,
    *,
    rules: Rules = None,
    competency: str | None = None,
    option: str | None = None,
    version: str | None = None,
    partners: Sequence[str] = (),
    allow_short_history: bool = False,
    threads: int | None = None,
    memory_limit: str | None = None,
    backend: object = None,
    master: str | None = None,
    progress: Callable[[str], None] = _quiet,
) -> Results:
    """Score everybody in some data.

    Args:
        data: a folder of csv, tsv or parquet files, a .duckdb file, or what else a backend reads.
        as_of: the month, ``YYYY-MM``; its last day is meant.
        rules: the rules.
        competency: only this one; by default all that are in force.
        option: only this one of its options.
        version: this version of the competency, whatever its months in force; the competency
            need not be named where there is only one.
        partners: only these; by default all.
        allow_short_history: whether data that begins later than a metric looks is a warning.
        threads: how many threads may be used; by default one a core.
        memory_limit: such as ``4GB``; beyond it the run goes on on disk.
        backend: what runs the plan, by its name; or a session of it that is open. By default
            PostgreSQL for its URLs, else DuckDB.
        master: where its cluster is, or a database that may load ``data``.
        progress: called with a line about what is being done.

    Returns:
        The results: exact Python values row by row, and Arrow tables.

    Raises:
        Refused: rules or data are wrong; every finding is in its ``diagnostics``.
        CannotRun: the environment does not let the run go on.
    """
    # Loaded here, so that whoever only validates does not wait for the engine's libraries.
    from tierwise.tasks import evaluate as task

    outcome = task.evaluate(
        rules_to_score(rules, competency), data, as_of_month(as_of), competency, option, version, partners,
        allow_short_history, _settings(data, backend, threads, memory_limit, master), progress,
    )  # fmt: skip
    return value_of(outcome)


def evaluate_months(
    data: Path | str,
    from_month: str,
    to_month: str,
    *,
    rules: Rules = None,
    competency: str | None = None,
    option: str | None = None,
    version: str | None = None,
    partners: Sequence[str] = (),
    allow_short_history: bool = False,
    threads: int | None = None,
    memory_limit: str | None = None,
    backend: object = None,
    master: str | None = None,
    progress: Callable[[str], None] = _quiet,
) -> MonthlyResults:
    """Score everybody as of each of several months, in one run.

    Args:
        data, rules, competency, option, version, partners, allow_short_history, threads,
            memory_limit, backend, master, progress: as for ``evaluate``.
        from_month, to_month: the first and the last as-of month, ``YYYY-MM``.

    Returns:
        Of each month what ``evaluate`` gives of it: ``months``, the earliest first.

    Raises:
        Refused, CannotRun: as for ``evaluate``; for any of the months.
    """
    from tierwise.tasks import evaluate as task

    first, last = as_of_month(from_month, "--from"), as_of_month(to_month, "--to")
    if not first <= last < first + MOST_MONTHS:
        wrong = Diagnostic("wrong-month", f"{from_month} to {to_month} are not 1 to {MOST_MONTHS} "
                           "months", Argument("--from"),
                           f"begin with the earlier month; at most {MOST_MONTHS} at once")  # fmt: skip
        raise Refused([wrong])
    outcome = task.evaluate_months(
        rules_to_score(rules, competency), data, first, last, competency, option, version, partners,
        allow_short_history, _settings(data, backend, threads, memory_limit, master), progress,
    )  # fmt: skip
    return value_of(outcome)


def write_scores(
    data: Path | str,
    as_of: str,
    output: Path | str,
    *,
    rules: Rules = None,
    competency: str | None = None,
    option: str | None = None,
    version: str | None = None,
    partners: Sequence[str] = (),
    allow_short_history: bool = False,
    threads: int | None = None,
    memory_limit: str | None = None,
    backend: object = None,
    master: str | None = None,
    progress: Callable[[str], None] = _quiet,
) -> WrittenScores:
    """Score everybody, and let the backend write the results: only summaries come here.

    Args:
        data, as_of, rules, competency, option, version, partners, allow_short_history, threads,
            memory_limit, backend, master, progress: as for ``evaluate``.
        output: a file of Parquet; with Spark a folder or its URL; or ``table:NAME``, a table of
            the database that ``data`` is, such as ``table:reporting.scores``. It appears whole or
            not at all.

    Raises:
        Refused, CannotRun: as for ``evaluate``.
    """
    from tierwise.run.backends import target_finding
    from tierwise.tasks import write_scores as task

    settings = _settings(data, backend, threads, memory_limit, master)
    wrong = target_finding(settings, str(data), str(output))
    if wrong is not None:
        raise Refused([wrong])
    outcome = task.write_scores(
        rules_to_score(rules, competency), data, as_of_month(as_of), str(output), competency, option, version,
        partners, allow_short_history, settings, progress,
    )  # fmt: skip
    return value_of(outcome)


def explain(
    data: Path | str,
    as_of: str,
    partner: str,
    *,
    metric: str | None = None,
    rules: Rules = None,
    competency: str | None = None,
    option: str | None = None,
    version: str | None = None,
    allow_short_history: bool = False,
    threads: int | None = None,
    memory_limit: str | None = None,
    backend: object = None,
    master: str | None = None,
    progress: Callable[[str], None] = _quiet,
) -> ExplainReport:
    """Explain one partner's scores: every credited fact, and a verdict on every row near it.

    Args:
        data, as_of, rules, competency, option, version, allow_short_history, threads,
            memory_limit, backend, master, progress: as for ``evaluate``.
        partner: the partner's key.
        metric: only this metric; by default all.

    Raises:
        Refused, CannotRun: as for ``evaluate``.
    """
    from tierwise.tasks import explain as task

    outcome = task.explain(
        rules_to_score(rules, competency), data, as_of_month(as_of), partner, metric, competency, option,
        version, allow_short_history, _settings(data, backend, threads, memory_limit, master), progress,
    )  # fmt: skip
    return value_of(outcome)


def release(competency: str, version: str, *, rules: Path | str | None = None) -> ReleaseReport:
    """Release a version of a competency: from then on ``validate`` proves that it stays as it is.

    Args:
        competency: its id.
        version: the version.
        rules: the folder of rules, ``./rules`` by default; the list of releases is written beside
            the version's file.

    Raises:
        Refused: the version has errors, or was released with another digest.
    """
    from tierwise.tasks.release import release as task

    return value_of(task(competency, version, Path("rules" if rules is None else rules)))


def demo_data(
    out: Path | str,
    partners: int,
    seed: int = 1,
    *,
    format: str = "parquet",  # noqa: A002  # as the flag is called
    contract: str | None = None,
    rules: Rules = None,
    threads: int | None = None,
    progress: Callable[[str], None] = _quiet,
) -> DemoReport:
    """Make realistic data for every table of a contract, the same for the same seed.

    Args:
        out: the folder to write to: not there yet, empty, or of demo data, which is replaced.
        partners: how many rows the scored table gets; the other tables follow from it.
        seed: any whole number.
        format: ``parquet`` or ``csv``.
        contract: the contract's id; not needed where there is only one.
        rules: the rules.
        threads: how many tables are made at the same time; the files do not depend on it.
        progress: called with a line about what is being done.

    Raises:
        Refused, CannotRun: as for ``evaluate``.
    """
    from tierwise.tasks.demo_data import demo_data as task

    whole = rules if isinstance(rules, RuleSet) else load_rules(rules)
    return value_of(task(whole, contract, Path(out), partners, seed, format, progress, threads))


def rules_to_score(rules: Rules, competency: str | None) -> RuleSet:
    """A rule set; where it is not at hand, of its files only those that a competency, or any, is scored by."""
    if isinstance(rules, RuleSet):
        return rules
    folder = Path(rules) if rules is not None else None
    return value_of(rules_task.load_to_score(folder, competency))


def _settings(
    data: Path | str,
    backend: object,
    threads: int | None,
    memory: str | None,
    master: str | None,
) -> Settings:
    from tierwise.run.backends import chosen

    settings = chosen(backend, threads, memory, master, str(data))
    if isinstance(settings, Diagnostic):
        raise Refused([settings])
    return settings


def as_of_month(as_of: str, argument: str = "--as-of") -> int:
    """The number of a month that is written ``YYYY-MM``."""
    month = parse_month(as_of)
    if month is None:
        wrong = Diagnostic("wrong-month", f"'{as_of}' is not a month", Argument(argument),
                           "write it as YYYY-MM, such as 2021-05")  # fmt: skip
        raise Refused([wrong])
    return month


def value_of(outcome: Outcome[Value]) -> Value:
    """The value of an outcome; raises ``Refused`` where there is none."""
    if outcome.value is None or outcome.failed:
        raise Refused(outcome.diagnostics)
    return outcome.value
