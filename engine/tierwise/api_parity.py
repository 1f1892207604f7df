"""The Python API of comparing backends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tierwise.api import Rules, as_of_month, rules_to_score, value_of
from tierwise.diagnostics import Diagnostic, Refused

if TYPE_CHECKING:
    from tierwise.tasks.parity import ParityReport


def parity(
    data: Path | str,
    as_of: str,
    backends: Sequence[object],
    *,
    rules: Rules = None,
    competency: str | None = None,
    option: str | None = None,
    version: str | None = None,
    partners: Sequence[str] = (),
    allow_short_history: bool = False,
    threads: int | None = None,
    memory_limit: str | None = None,
    master: str | None = None,
    postgres: str | None = None,
    progress: Callable[[str], None] = lambda doing: None,
) -> ParityReport:
    """Score everybody on several backends, and compare every value, points, score and level exactly.

    Args:
        data, as_of, rules, competency, option, version, partners, allow_short_history, threads,
            memory_limit, master, progress: as for ``evaluate``.
        backends: at least two, by their names or as open sessions. The first that can open
            ``data`` gives it to those that cannot.
        postgres: the URL of a database that loads data into temporary tables, where ``data`` is
            none.

    Returns:
        The report; ``equal`` says whether nothing differs.

    Raises:
        Refused: rules or data are wrong, on all of them; or the backends are no two.
        CannotRun: one of them cannot run the plan, or the environment does not let it.
    """
    from tierwise.run.backends import several
    from tierwise.tasks import parity as task

    settings = several(backends, threads, memory_limit, master, postgres, str(data))
    if isinstance(settings, Diagnostic):
        raise Refused([settings])
    outcome = task.parity(
        rules_to_score(rules, competency), data, as_of_month(as_of), settings, competency, option, version,
        partners, allow_short_history, progress,
    )  # fmt: skip
    return value_of(outcome)
