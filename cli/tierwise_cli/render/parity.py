"""What a comparison of backends found: as a table for people, and as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tierwise.diagnostics import printable
from tierwise.months import format_month
from tierwise.source.fields import in_language
from tierwise.tasks.parity import OptionParity, ParityReport
from tierwise_cli.render.findings import finding_dict
from tierwise_cli.render.json_numbers import dumps
from tierwise_cli.render.results_json import stamp_dict
from tierwise_cli.render.results_table import written


def table(report: ParityReport) -> Callable[[BinaryIO], None]:
    """A function that writes the report as people read it."""

    def write(console: Console) -> None:
        for option in report.options:
            _option(console, report, option)
        for finding, who in report.findings:
            text = f"only on {' and '.join(who)}: {finding.place}: {finding.severity}: {finding.message}"
            console.print(Text(printable(text), style="yellow"))
        names = ", ".join(report.backends)
        verdict = (
            "every value, points, score and level is the same" if report.equal else "they differ"
        )
        console.print(Text(f"{names}: {verdict}", style="bold"))

    return written(write)


def _option(console: Console, report: ParityReport, option: OptionParity) -> None:
    program = option.program
    title = printable(in_language(program.title, "en", program.competency))
    same = f"{option.compared:,} partners, all the same"
    if option.differing:
        same = f"{option.compared:,} partners, of which {option.differing:,} differ"
    console.print(Text(f"{title}, {option.option}, version {program.version}: {same}"))
    if not option.differing:
        return
    lines = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    lines.add_column(program.contract.scored_key.removesuffix("_id"), overflow="fold")
    lines.add_column("what", overflow="fold")
    for name in report.backends:
        lines.add_column(name, overflow="fold")
    for partner in option.listed:
        scored = partner.scored
        for each in partner.differences:
            cells = (scored, each.what, *each.answers)
            lines.add_row(*(Text(printable(cell)) for cell in cells))
            scored = ""
    console.print(lines)
    more = option.differing - len(option.listed)
    if more:
        console.print(f"... and {more:,} more partners that differ")
    console.print()


def json(report: ParityReport) -> Callable[[BinaryIO], None]:
    """A function that writes the report as JSON."""
    document = {
        "equal": report.equal,
        "backends": list(report.backends),
        "options": [_option_dict(report, each) for each in report.options],
        "findings": [{**finding_dict(finding), "only_on": list(who)} for finding, who in report.findings],
        "stamps": [stamp_dict(each) for each in report.stamps],
    }  # fmt: skip
    text = dumps(document) + "\n"
    return lambda out: _write(out, text)


def _write(out: BinaryIO, text: str) -> None:
    out.write(text.encode())


def _option_dict(report: ParityReport, option: OptionParity) -> dict[str, object]:
    program = option.program
    return {
        "competency": program.competency,
        "option": option.option,
        "version": program.version,
        "as_of": format_month(program.as_of),
        "compared": option.compared,
        "differing": option.differing,
        "listed": [
            {program.contract.scored_key: partner.scored,
             "differences": {each.what: dict(zip(report.backends, each.answers, strict=True))
                             for each in partner.differences}}
            for partner in option.listed
        ],
    }  # fmt: skip


WRITERS = {"table": table, "json": json}
