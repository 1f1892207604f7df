"""The command line, for tests of what it prints and how it exits.

``run`` runs a command in this process: what it prints and does is the same, and what takes long is
loaded once for all tests. ``run_process`` starts the program as a user does; for that which only a
process shows, such as what it loads, and once for everything that it does with its streams.
"""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path
from unittest import mock

from tierwise_cli import progress, start
from tierwise_cli.render import findings

TOP = Path(__file__).parents[1]
PROGRAM = str(Path(sys.executable).with_name("tierwise"))
Ran = subprocess.CompletedProcess[str]


def run_process(*words: object, cwd: Path = TOP) -> Ran:
    """Run the program in a terminal of 100 columns, as a process."""
    return subprocess.run([PROGRAM, *map(str, words)], cwd=cwd, capture_output=True, check=False,
                          encoding="utf-8", env={**os.environ, "COLUMNS": "100"})  # fmt: skip


def run(*words: object, cwd: Path = TOP, together: bool = False) -> Ran:
    """Run a command here; a bug in it is raised.

    Args:
        words: the command, without the program's name.
        cwd: the folder in which it runs.
        together: whether all that it prints goes to standard output.
    """
    findings._lines.cache_clear()  # of files that lie there no more
    out = _Stream()
    err = out if together else _Stream()
    given = [PROGRAM, *map(str, words)]
    with (
        contextlib.chdir(cwd),
        mock.patch.dict(os.environ, COLUMNS="100"),
        mock.patch.object(sys, "argv", given),
        mock.patch.object(progress, "SELDOM", 3600.0),  # what is said does not hang on the machine
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = _exit_code()
    return subprocess.CompletedProcess(given, code, out.text(), "" if together else err.text())


def _exit_code() -> int:
    code: object = 0
    try:
        start._run()
    except SystemExit as ended:
        code = ended.code
    assert code is None or isinstance(code, int)
    return code or 0


class _Stream(io.TextIOWrapper):
    """A stream that is no terminal, and shows what it was told as ``main`` makes sure of."""

    def __init__(self) -> None:
        self.bytes = io.BytesIO()
        super().__init__(self.bytes, "utf-8", errors="backslashreplace", write_through=True)

    def text(self) -> str:
        """All that was written, its ends of lines as a process' output is read."""
        self.flush()
        return self.bytes.getvalue().decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
