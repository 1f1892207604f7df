"""The wheel, installed as a user installs it: in an environment that has nothing else.

What it says it needs is not fetched and unpacked once more, but linked from the environment of the
tests: those packages, what they need in turn, and no other.
"""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]


def run(*words: object, cwd: Path) -> str:
    ran = subprocess.run([*map(str, words)], cwd=cwd, capture_output=True, check=False, text=True)
    assert ran.returncode == 0, f"{words}: {ran.stdout}{ran.stderr}"
    return ran.stdout


def needed(written: Iterable[str], extras: Iterable[str] = ()) -> list[Requirement]:
    """Those of a package's requirements that hold here, with some of its extras."""
    chosen = ["", *extras]
    return [each for each in map(Requirement, written)
            if each.marker is None or any(each.marker.evaluate({"extra": one}) for one in chosen)]  # fmt: skip


def all_needed(written: Iterable[str]) -> dict[str, metadata.Distribution]:
    """The packages that requirements lead to, each of a version that is asked for."""
    found: dict[str, metadata.Distribution] = {}
    waiting, seen = needed(written), set[str]()
    while waiting:
        each = waiting.pop()
        if str(each) in seen:
            continue
        seen.add(str(each))
        package = metadata.distribution(each.name)
        assert each.specifier.contains(package.version, prereleases=True), each
        found[each.name.lower()] = package
        waiting += needed(package.requires or (), each.extras)
    return found


def link(packages: Iterable[metadata.Distribution], environment: Path) -> None:
    """Make packages of this environment those of another one."""
    names = {"base": str(environment), "platbase": str(environment)}
    libraries = Path(sysconfig.get_path("purelib", "venv", names))
    for package in packages:
        for top in {file.parts[0] for file in package.files or ()} - {"..", "__pycache__"}:
            if not (libraries / top).exists():
                (libraries / top).symlink_to(Path(str(package.locate_file(top))))


@pytest.mark.thorough
def test_a_clean_environment_scores_the_example_with_the_rules_it_carries(tmp_path: Path) -> None:
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "-w", tmp_path, ROOT,
        cwd=tmp_path)  # fmt: skip
    (wheel,) = tmp_path.glob("tierwise-*.whl")
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=False)
    programs = environment / ("Scripts" if sys.platform == "win32" else "bin")
    run(sys.executable, "-m", "pip", "--python", programs / "python", "install", "--quiet",
        "--no-compile", "--no-deps", wheel, cwd=tmp_path)  # fmt: skip
    (made,) = environment.rglob("tierwise-*.dist-info")
    packages = all_needed(metadata.Distribution.at(made).requires or ())
    assert {"duckdb", "ibis-framework", "pyyaml"} <= packages.keys()
    assert not {"pytest", "hypothesis", "mypy"} & packages.keys()
    link(packages.values(), environment)
    data = ROOT / "examples" / "contoso"
    scores = run(programs / "tierwise", "evaluate", data, "--as-of", "2021-05", "--format", "csv",
                 cwd=tmp_path)  # fmt: skip
    assert [line.split(",")[5] for line in scores.splitlines()[1:4]] == ["80", "60", "59.99"]
    carried = "import tierwise, pathlib; print(*sorted(path.name for path in "
    carried += "pathlib.Path(tierwise.__file__).parent.glob('schemas/*.json')))"
    assert "competency.schema.json" in run(programs / "python", "-c", carried, cwd=tmp_path)
