"""What README.md shows is what the commands print."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from command_line import run

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"```console\n\$ (?P<command>[^\n]+)\n(?P<output>.*?)```", re.DOTALL)
BLOCKS = [match.groupdict() for match in BLOCK.finditer((ROOT / "README.md").read_text("utf-8"))]


@pytest.mark.parametrize("block", BLOCKS, ids=[block["command"][:60] for block in BLOCKS])
def test_a_block_shows_what_its_command_prints(block: dict[str, str], tmp_path: Path) -> None:
    """A line of three dots stands for any number of lines."""
    for folder in ("examples", "rules"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    if "1.0.0.yaml" in block["output"]:
        competency = next(tmp_path.glob("rules/**/small-and-midmarket-cloud-solutions/1.0.0.yaml"))
        text = competency.read_text("utf-8").replace("credit: usage_claim", "credit: usage_clam", 1)
        competency.write_text(text, "utf-8")
    words = block["command"].split()
    assert words[0] == "tierwise"
    ran = run(*words[1:], cwd=tmp_path)
    printed = "\n".join(line.rstrip() for line in ran.stdout.splitlines())
    pieces = [re.escape(piece.strip("\n")) for piece in re.split(r"(?m)^\.\.\.$", block["output"])]
    assert re.fullmatch(r"\n*" + r"(?s:.*?)\n*".join(pieces) + r"\n*", printed), printed


def test_there_is_something_to_compare() -> None:
    assert len(BLOCKS) >= 3
