"""tierwise: partner programmes as rules, and scores with their evidence.

>>> import tierwise
>>> results = tierwise.evaluate("examples/contoso", "2021-05")
>>> table = results.to_arrow()

What is named here is loaded when it is first used, so that importing the package costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from tierwise.version import VERSION as __version__

if TYPE_CHECKING:
    from tierwise.api import (
        demo_data,
        evaluate,
        evaluate_months,
        explain,
        load_rules,
        release,
        test,
        validate,
        write_scores,
    )
    from tierwise.api_parity import parity
    from tierwise.diagnostics import (
        Argument,
        CannotRun,
        Cell,
        Diagnostic,
        Refused,
        Related,
        Severity,
        Span,
    )
    from tierwise.model.ruleset import RuleSet
    from tierwise.run.results import MonthlyResults, Results, ScoreResult
    from tierwise.tasks.demo_data import DemoReport
    from tierwise.tasks.explain import ExplainReport
    from tierwise.tasks.parity import ParityReport
    from tierwise.tasks.release import ReleaseReport
    from tierwise.tasks.test import CasesReport
    from tierwise.tasks.validate import ValidateReport
    from tierwise.tasks.write_scores import WrittenScores

_HOMES = {
    "Argument": "diagnostics",
    "CannotRun": "diagnostics",
    "CasesReport": "tasks.test",
    "Cell": "diagnostics",
    "DemoReport": "tasks.demo_data",
    "Diagnostic": "diagnostics",
    "ExplainReport": "tasks.explain",
    "MonthlyResults": "run.results",
    "ParityReport": "tasks.parity",
    "Refused": "diagnostics",
    "Related": "diagnostics",
    "ReleaseReport": "tasks.release",
    "Results": "run.results",
    "RuleSet": "model.ruleset",
    "ScoreResult": "run.results",
    "Severity": "diagnostics",
    "Span": "diagnostics",
    "ValidateReport": "tasks.validate",
    "WrittenScores": "tasks.write_scores",
    "demo_data": "api",
    "evaluate": "api",
    "evaluate_months": "api",
    "explain": "api",
    "load_rules": "api",
    "parity": "api_parity",
    "release": "api",
    "test": "api",
    "validate": "api",
    "write_scores": "api",
}

__all__ = [
    "Argument", "CannotRun", "CasesReport", "Cell", "DemoReport", "Diagnostic", "ExplainReport",
    "MonthlyResults", "ParityReport", "Refused", "Related", "ReleaseReport", "Results", "RuleSet", "ScoreResult", "Severity", "Span",
    "ValidateReport", "WrittenScores", "__version__", "demo_data", "evaluate", "evaluate_months", "explain", "load_rules", "parity", "release",
    "test", "validate", "write_scores",
]  # fmt: skip


def __getattr__(name: str) -> object:
    """What is public, from where it lives."""
    home = _HOMES.get(name)
    if home is None:
        message = f"module 'tierwise' has no attribute '{name}'"
        raise AttributeError(message)
    return getattr(importlib.import_module(f"tierwise.{home}"), name)
