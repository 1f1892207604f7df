"""The wheel, installed as a user installs it: in an environment that has nothing else."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]


def run(*words: object, cwd: Path) -> str:
    ran = subprocess.run([*map(str, words)], cwd=cwd, capture_output=True, check=False, text=True)
    assert ran.returncode == 0, f"{words}: {ran.stdout}{ran.stderr}"
    return ran.stdout


def test_a_clean_environment_scores_the_example_with_the_rules_it_carries(tmp_path: Path) -> None:
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "-w", tmp_path, ROOT,
        cwd=tmp_path)  # fmt: skip
    (wheel,) = tmp_path.glob("tierwise-*.whl")
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=False)
    programs = environment / ("Scripts" if sys.platform == "win32" else "bin")
    run(sys.executable, "-m", "pip", "--python", programs / "python", "install", "--quiet",
        "--no-compile", wheel, cwd=tmp_path)  # fmt: skip
    data = ROOT / "examples" / "contoso"
    scores = run(programs / "tierwise", "evaluate", data, "--as-of", "2021-05", "--format", "csv",
                 cwd=tmp_path)  # fmt: skip
    assert [line.split(",")[5] for line in scores.splitlines()[1:4]] == ["80", "60", "59.99"]
    carried = "import tierwise, pathlib; print(*sorted(path.name for path in "
    carried += "pathlib.Path(tierwise.__file__).parent.glob('schemas/*.json')))"
    assert "competency.schema.json" in run(programs / "python", "-c", carried, cwd=tmp_path)
