"""What came of cases as JUnit's XML, which build servers read: a suite a file, a test a case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import BinaryIO
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from tierwise.diagnostics import Diagnostic, Span, printable
from tierwise.source.fields import in_language
from tierwise.tasks.test import CaseResult, CasesFile, CasesReport


def writer(report: CasesReport) -> Callable[[BinaryIO], None]:
    """A function that writes the report to a file."""
    root = Element("testsuites", {"name": "tierwise"})
    for file in report.files:
        root.append(_suite(file))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    indent(root)
    tree = ElementTree(root)

    def write(out: BinaryIO) -> None:
        tree.write(out, encoding="utf-8", xml_declaration=True)
        out.write(b"\n")

    return write


def _suite(file: CasesFile) -> Element:
    suite = Element("testsuite", {"name": printable(file.path)})
    for result in file.cases:
        _case(suite, result)
    errors = [each for each in file.findings if each.is_error]
    if errors:
        case = SubElement(suite, "testcase", {"name": "the file", "classname": "cases",
                                              "file": printable(file.path)})  # fmt: skip
        _tell(case, "error", errors)
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", str(len(suite.findall("testcase/error"))))
    return suite


def _case(suite: Element, result: CaseResult) -> None:
    case = result.case
    program = case.program
    title = in_language(case.title, "en")
    about = {
        "name": printable(f"{case.full_name}: {title}" if title else case.full_name),
        "classname": f"{program.competency}.{case.option}",
        "file": printable(case.file), "line": str(case.span.line),
    }  # fmt: skip
    element = SubElement(suite, "testcase", about)
    if result.refused:
        _tell(element, "error", result.refused)
    elif result.failures:
        _tell(element, "failure", result.failures)


def _tell(case: Element, what: str, found: Sequence[Diagnostic]) -> None:
    """One element with all that is wrong, each finding on a line."""
    element = SubElement(
        case, what, {"message": printable(found[0].message), "type": found[0].code}
    )
    element.text = "\n".join(_line(each) for each in found)


def _line(finding: Diagnostic) -> str:
    place = finding.place
    where = f"{place.path}:{place.line}" if isinstance(place, Span) else str(place)
    hint = f" ({finding.hint})" if finding.hint else ""
    return printable(f"{where}: {finding.message}{hint}")
