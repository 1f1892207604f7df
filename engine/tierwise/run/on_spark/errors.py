"""What Spark raises, as what the environment lacks; anything else is a bug and stays one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from py4j.protocol import Py4JError, Py4JJavaError, Py4JNetworkError
from pyspark.errors import PySparkException

from tierwise.diagnostics import CannotRun
from tierwise.run.backend import TooLarge, Unreadable

_TOO_LARGE = re.compile(r"NUMERIC_VALUE_OUT_OF_RANGE|ARITHMETIC_OVERFLOW|CAST_OVERFLOW|"
                        r"BINARY_ARITHMETIC_OVERFLOW|DECIMAL_PRECISION_EXCEEDS")  # fmt: skip
_LOST = re.compile(r"CHECKPOINT_RDD_BLOCK|Checkpoint block|SparkContext was shut down|"
                   r"stopped SparkContext|ExecutorLost", re.IGNORECASE)  # fmt: skip
_NO_ROOM = re.compile(r"OutOfMemory|No space left|UNABLE_TO_ACQUIRE_MEMORY|maxResultSize")
_UNREADABLE = re.compile(r"FAILED_READ_FILE|MALFORMED|CANNOT_READ|CORRUPT|UNABLE_TO_INFER_SCHEMA|"
                         r"is not a Parquet file|PATH_NOT_FOUND|TextParsingException|PARQUET_TYPE")  # fmt: skip
_DAMAGED_FILE = "FAILED_READ_FILE"
"""What it says where a file turns out damaged, also after the data has been checked."""
_FILES = re.compile(r"^(java\.(io|net|nio)\.|org\.apache\.hadoop\.|java\.lang\.(ClassNotFound|NoClassDefFound|IllegalArgument|"
                    r"Runtime))")  # fmt: skip
"""What Java raises where files are out of reach: no such host, no such file system, no right to write."""
_CAUSE = re.compile(r"^(?:Caused by)?: (.+)$", re.MULTILINE)
_SHOWN = 200


@contextmanager
def translated(reads: bool) -> Iterator[None]:
    """Within this block what Spark raises says what to do.

    Args:
        reads: whether data is read for the first time.

    Raises:
        CannotRun, Unreadable: as a backend does.
    """
    try:
        yield
    except (Py4JNetworkError, ConnectionError) as error:
        raise CannotRun("Spark has ended",
                        "it may have run out of memory: give it more with --memory-limit") from error  # fmt: skip
    except (PySparkException, Py4JError) as error:
        text = str(error)
        if _TOO_LARGE.search(text):
            raise TooLarge from error
        if _NO_ROOM.search(text):
            raise CannotRun(f"Spark has not enough memory or disk: {first(error)}",
                            "give the driver and the executors more") from error  # fmt: skip
        if _LOST.search(text):
            raise CannotRun(f"a machine of the cluster was lost: {first(error)}", "run it again; with "
                            "a checkpoint directory set, steps survive it") from error  # fmt: skip
        if _UNREADABLE.search(text) and (reads or _DAMAGED_FILE in text):
            raise Unreadable(first(error)) from error
        if isinstance(error, Py4JJavaError) and _FILES.match(_cause(text)):
            raise CannotRun(f"Spark: {_cut(_cause(text))}", "check the address, that Spark has what reads such "
                            "addresses (--packages, or a jar), and who may read and write there") from error  # fmt: skip
        raise


def first(error: BaseException) -> str:
    """The first line of what Spark says, cut short."""
    return _cut((str(error).strip().splitlines() or [type(error).__name__])[0])


def _cause(text: str) -> str:
    """The innermost of the causes that Java tells."""
    causes = _CAUSE.findall(text)
    return str(causes[-1]) if causes else ""


def _cut(line: str) -> str:
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 3]}..."
