"""What the program leaves unloaded of libraries, and that whoever asks for it gets it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from command_line import PROGRAM, TOP
from thorough import mostly

ASKED = [str(TOP / "examples/contoso"), "--as-of", "2021-05", "--partner", "P01"]
NAMES = ("numpy", "pandas", "ibis.backends.sql.compilers.bigquery")


def loaded(code: str, words: str = "[]") -> list[str]:
    """What a new Python has loaded of ``NAMES`` after some code, line by line as the code prints it or at the end."""
    begin = (
        f"import sys; from tierwise_cli.unloaded import leave_unloaded; leave_unloaded({words})\n"
    )
    end = f"\nprint([name for name in {NAMES} if name in sys.modules])"
    command = [sys.executable, "-c", begin + code + end]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.mark.parametrize("command", mostly(["explain"], ["evaluate", "explain"]))
def test_a_run_loads_neither_numpy_nor_compilers_of_other_databases(command: str) -> None:
    words = [sys.executable, "-X", "importtime", PROGRAM, command, *ASKED]
    ran = subprocess.run(words, capture_output=True, text=True, check=True)
    names = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines() if "|" in line}
    assert {"pyarrow.lib", "ibis.backends.sql.compilers.duckdb"} <= names
    assert not {*NAMES} & names


def test_arrow_reckons_without_numpy() -> None:
    code = "import pyarrow, pyarrow.compute as pc; print(pc.count(pyarrow.nulls(3), mode='all'))"
    assert loaded(code) == ["3", "[]"]


def test_numpy_is_there_for_who_asks_for_it() -> None:
    code = "import pyarrow, numpy; print(numpy.arange(3).sum())"
    assert loaded(code) == ["3", "['numpy']"]


def test_arrow_has_numpy_that_is_loaded_before_it() -> None:
    code = "import numpy, pyarrow; print(len(pyarrow.nulls(3).to_numpy(False)))"
    assert loaded(code)[0] == "3"


def test_arrow_has_numpy_where_spark_is_asked_for() -> None:
    words = "['evaluate', '--backend', 'spark']"
    assert loaded("import pyarrow", words) == ["['numpy']"]


def test_compilers_come_when_they_are_asked_for() -> None:
    code = (
        "from ibis.backends.sql.compilers.duckdb import DuckDBCompiler\n"
        "print('ibis.backends.sql.compilers.bigquery' in sys.modules)\n"
        "import ibis.backends.sql.compilers as compilers\n"
        "print(hasattr(compilers, '__nothing__'))\n"
        "from ibis.backends.sql.compilers import BigQueryCompiler\n"
        "print(BigQueryCompiler.__name__, compilers.DuckDBCompiler is DuckDBCompiler)\n"
        "print(hasattr(compilers, 'nothing'), sorted(compilers.__all__)[:1])"
    )
    assert loaded(code) == [
        "False",
        "False",
        "BigQueryCompiler True",
        "False ['AthenaCompiler']",
        "['ibis.backends.sql.compilers.bigquery']",
    ]


def test_a_name_that_no_compiler_has_is_missing_as_ever() -> None:
    code = (
        "import ibis.backends.sql.compilers as compilers\n"
        "print(hasattr(compilers, 'nothing'), hasattr(compilers, 'TrinoCompiler'))"
    )
    assert loaded(code)[0] == "False True"
