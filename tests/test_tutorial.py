"""docs/tutorial.md does what it says: its files are written, its commands run and compared.

A fenced block with ``title="PATH"`` is a file, or with ``add="end"`` or ``above="LINE"`` a piece
of one. One of the sort ``diff`` changes a file: what stands on its lines but those with ``+`` stands
there once. One of the sort ``console`` holds commands behind ``$``, and below each what it prints,
but for what is at the ends of lines; a line of three dots stands for any number of lines.

``python tests/test_tutorial.py`` writes anew what the commands print.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from command_line import run

TOP = Path(__file__).parents[1]
TUTORIAL = TOP / "docs" / "tutorial.md"
EXAMPLE = TOP / "examples" / "resellers"
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"^\$ ([^\n]+)$", re.MULTILINE)
SCREEN = re.compile(r"^\$ ([^\n]+)\n((?:(?!\$ |```)[^\n]*\n)*)", re.MULTILINE)
FIELD = re.compile(r'(\w+)="([^"]*)"')


def write(folder: Path, sort: str, fields: dict[str, str], text: str) -> None:
    """Write a file as a block says, or change it."""
    path = folder / fields["title"]
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text("utf-8") if path.exists() else ""
    if sort == "diff":
        lines = text.splitlines(keepends=True)
        old = "".join(line[1:] for line in lines if not line.startswith("+"))
        new = "".join(line[1:] for line in lines if not line.startswith("-"))
        found = before.count(old)
    elif "add" in fields:
        old, new, found = before, before + text, bool(before)
    elif "above" in fields:
        old = f"\n{fields['above']}\n"
        new, found = f"\n{text}{old[1:]}", before.count(old)
    else:
        old, new, found = "", text, not path.exists()
    assert found == 1, f"{path.name}: {found} times\n{old}"
    path.write_text(before.replace(old, new) if old else new, "utf-8")


def printed(folder: Path, command: str) -> str:
    """What a command prints, as a terminal of 100 columns shows it."""
    program, *words = command.split()
    if program == "tierwise":
        ran = run(*words, cwd=folder, together=True)
    else:
        ran = subprocess.run([program, *words], cwd=folder, check=False, encoding="utf-8",
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
    return "".join(f"{line.rstrip()}\n" for line in ran.stdout.splitlines()).strip("\n")


def compare(command: str, shown: str, seen: str) -> str:
    """The output as it is shown, where it is as it is shown."""
    pieces = [re.escape(piece.strip("\n")) for piece in re.split(r"(?m)^\.\.\.$", shown)]
    assert re.fullmatch(r"\n*" + r"(?s:.*?)\n*".join(pieces) + r"\n*", seen), f"{command}\n{seen}"
    return shown


def renew(command: str, shown: str, seen: str) -> str:
    """What is printed, in the place of what is shown, but where that leaves something out."""
    return compare(command, shown, seen) if "..." in shown.splitlines() else seen


def follow(folder: Path, screen: Callable[[str, str, str], str]) -> str:
    """The tutorial with its screens as ``screen`` gives them, followed in a folder."""
    seen: list[str] = []
    tutorial = TUTORIAL.read_text("utf-8")
    for sort, info, text in BLOCK.findall(tutorial):
        if sort == "console":
            seen += [printed(folder, command) for command in COMMAND.findall(text)]
        else:
            write(folder, sort, dict(FIELD.findall(info)), text)

    def shown(match: re.Match[str]) -> str:
        output = screen(match[1], match[2].strip("\n"), seen.pop(0))
        return f"$ {match[1]}\n" + (f"{output}\n" if output else "")

    return BLOCK.sub(lambda block: SCREEN.sub(shown, block[0]), tutorial)


def files(folder: Path) -> dict[str, str]:
    paths = [path for sort in ("rules", "data") for path in (folder / sort).rglob("*.*")]
    return {str(path.relative_to(folder)): path.read_text("utf-8") for path in paths}


@pytest.mark.thorough
def test_every_screen_is_what_its_command_prints(tmp_path: Path) -> None:
    folder = tmp_path / "tutorial"
    folder.mkdir()
    assert follow(folder, compare) == TUTORIAL.read_text("utf-8")
    assert files(folder) == files(EXAMPLE), "examples/resellers is what the tutorial ends with"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        made = Path(name, "tutorial")
        made.mkdir()
        TUTORIAL.write_text(follow(made, renew), "utf-8")
        for path, text in files(made).items():
            (EXAMPLE / path).parent.mkdir(parents=True, exist_ok=True)
            (EXAMPLE / path).write_text(text, "utf-8")
