"""A session of Spark that is tierwise's own: its settings are not those of whoever lent it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tierwise.diagnostics import CannotRun
from tierwise.run.backend import Settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LOG = "TIERWISE_SPARK_LOG"
"""The variable that, where it is set, lets Spark say all that it has to say."""

EXACT = {
    # What does not fit is an error, and no digit is given up for one in front of the point.
    "spark.sql.ansi.enabled": "true",
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.caseSensitive": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.ansi.doubleQuotedIdentifiers": "false",
    "spark.sql.legacy.timeParserPolicy": "CORRECTED",
}
"""What the meaning of a plan depends on."""

_QUIET = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false",
          "spark.log.level": "OFF"}  # fmt: skip


@contextmanager
def session(settings: Settings) -> Iterator[SparkSession]:
    """A session with settings of its own: of one that is lent, or of a Spark that is started.

    Raises:
        CannotRun: pyspark or Java is missing, or Spark does not start.
    """
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession as Session

    lent = settings.session if isinstance(settings.session, Session) else None
    lent = lent if lent is not None else Session.getActiveSession()
    if lent is not None:
        yield _own(lent)
        return
    with tempfile.TemporaryDirectory(prefix="tierwise-") as folder:
        with _quiet():
            started = _start(settings, folder)
        try:
            yield _own(started)
        finally:
            # It may have ended by itself.
            with _quiet(), contextlib.suppress(PySparkException, OSError):
                started.stop()


def _own(lent: SparkSession) -> SparkSession:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        own = lent.newSession()
    except (PySparkException, Py4JError, AttributeError) as error:
        raise CannotRun("the session of Spark that was given has been stopped",
                        "give one that is open, or none") from error  # fmt: skip
    for name, value in EXACT.items():
        own.conf.set(name, value)
    return own


def _start(settings: Settings, folder: str) -> SparkSession:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession as Session

    submitted = "PYSPARK_GATEWAY_PORT" in os.environ
    if not submitted:
        _check_java()
    builder = Session.builder.appName("tierwise").config("spark.sql.warehouse.dir", folder)
    master = settings.master
    if master is None and not submitted:
        master = f"local[{settings.threads or '*'}]"
    options = {} if os.environ.get(LOG) else dict(_QUIET)
    if master is not None:
        builder = builder.master(master)
        if master.startswith("local"):
            options |= _of_one_machine(settings, folder)
    if settings.memory is not None:
        options["spark.driver.memory"] = _size(settings.memory)
    for name, value in options.items():
        builder = builder.config(name, value)
    try:
        return builder.getOrCreate()
    except (PySparkException, Py4JError, OSError, RuntimeError) as error:
        raise CannotRun(f"Spark does not start: {_first(error)}",
                        f"check that PATH or JAVA_HOME has Java 17 or newer, and that the master is one, such as local[*] "
                        f"or spark://HOST:7077; {LOG}=1 shows what Spark says") from error  # fmt: skip


def _of_one_machine(settings: Settings, folder: str) -> dict[str, str]:
    cores = settings.threads or os.cpu_count() or 1
    return {
        "spark.driver.host": "localhost",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.local.dir": folder,
        "spark.sql.shuffle.partitions": str(cores),
    }


def _check_java() -> None:
    home = os.environ.get("JAVA_HOME", "")
    if not (home and shutil.which("java", path=f"{home}/bin")) and shutil.which("java") is None:
        raise CannotRun("Spark needs Java, and there is none",
                        "install Java 17 or newer, such as openjdk-17-jre-headless, or set JAVA_HOME")  # fmt: skip


def _size(memory: str) -> str:
    """A size as Spark writes it, in megabytes."""
    found = re.fullmatch(r"([0-9.]+) ?([KMGT])i?B", memory, re.IGNORECASE)
    if found is None:
        return memory
    power = "KMGT".index(found[2].upper()) - 1
    return f"{max(1, int(float(found[1]) * 1024**power))}m"


def _first(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


@contextmanager
def _quiet() -> Iterator[None]:
    """Within this block nothing reaches the terminal; what Java starts with, it keeps."""
    if os.environ.get(LOG):
        yield
        return
    kept = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.close(nowhere)
        for number, copy in enumerate(kept, 1):
            os.dup2(copy, number)
            os.close(copy)
