"""What an option calls eligible matters: some metric reads or reaches the table."""

from __future__ import annotations

from collections.abc import Iterable

from tierwise.diagnostics import Diagnostic, Severity, shown
from tierwise.program.eligibility import eligibility
from tierwise.program.option import Option
from tierwise.program.program import Program

CODE = "unused-eligibility"


def check(program: Program) -> Iterable[Diagnostic]:
    """A warning for each table whose conditions no metric's rows and no association meet."""
    for option in program.options:
        for table, span in option.eligible_spans.items():
            if not any(_judges(program, option, table, read) for read in _tables(option)):
                yield Diagnostic(CODE, f"no metric reads or reaches {shown(table)}, so its "
                                 "conditions change nothing", span,
                                 "measure it, or remove the conditions", Severity.WARNING)  # fmt: skip


def _tables(option: Option) -> set[str]:
    """The tables whose rows the option's metrics and their credit read."""
    through = {policy.through for policy in option.policies.values()}
    return through | {measure.rows.table for _, measure in option.measured}


def _judges(program: Program, option: Option, table: str, read: str) -> bool:
    """Whether rows of the table ``read`` are judged by the conditions for ``table``."""
    only = {table: option.eligible.get(table, ())}
    return not only[table] or bool(eligibility(program.contract, only, read))
