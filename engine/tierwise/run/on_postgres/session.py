"""One transaction of PostgreSQL's in which everything sees the same data, and nothing stays of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg

from tierwise.diagnostics import CannotRun
from tierwise.run.backend import VIEW, TooLarge, Unreadable
from tierwise.run.on_postgres.address import Address, first_line

_SETTINGS = ("SET LOCAL jit = off", "SET LOCAL enable_nestloop = off",
             "SET LOCAL datestyle = 'ISO, YMD'", "SET LOCAL timezone = 'UTC'", "SET LOCAL extra_float_digits = 1", "SET LOCAL client_min_messages = error",
             "SET LOCAL standard_conforming_strings = on")  # fmt: skip
"""What the meaning of a plan, or the digest of data, depends on; and no compiling of each query, nor nested loops
where there is another way: of what steps calculate, the server guesses that next to nothing is left."""


class Session:
    """An open transaction."""

    def __init__(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        self.connection = connection
        self.reads = False
        """Whether what fails does so in the data: in a view of the user's."""

    def execute(self, sql: str) -> psycopg.Cursor[tuple[object, ...]]:
        """Run one statement; one that fails leaves the transaction as it was.

        Raises:
            CannotRun: the server does not let it run; ``TooLarge``: a number is too large; ``Unreadable``: what
                it reads is wrong in itself.
        """
        with translated(self.reads), self.connection.transaction():
            return self.connection.execute(sql.encode())

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """The rows of a query; raises as ``execute`` does."""
        found: list[tuple[object, ...]] = self.execute(sql).fetchall()
        return found

    def copy(self, into: str, blocks: Iterator[bytes]) -> None:
        """Load csv into a table.

        Raises:
            psycopg.DataError: there is a cell that PostgreSQL does not take.
        """
        sql = f"COPY {into} FROM STDIN (FORMAT csv)"
        with (
            translated(),
            self.connection.transaction(),
            self.connection.cursor() as cursor,
            cursor.copy(sql.encode()) as copy,
        ):
            for block in blocks:
                copy.write(block)

    def commit(self) -> None:
        """Keep what was written."""
        with translated():
            self.connection.commit()


@contextmanager
def session(address: Address, threads: int | None) -> Iterator[Session]:
    """An open transaction; nothing of it is left afterwards but what was committed.

    Args:
        address: where the database is.
        threads: how many processes may work at one query; None: as the server thinks fit.

    Raises:
        CannotRun: the server does not answer, or does not let the user in.
    """
    try:
        connection = psycopg.connect(**address.options, client_encoding="utf8",
                                     application_name="tierwise")  # fmt: skip
    except psycopg.OperationalError as error:
        raise CannotRun(f"PostgreSQL does not let tierwise in: {first_line(error)}",
                        "check the address, the database, the user with its limits, and the password in PGPASSWORD or "
                        "~/.pgpass") from error  # fmt: skip
    except (psycopg.Error, TypeError) as error:
        raise CannotRun(f"PostgreSQL does not take the URL: {first_line(error)}",
                        "behind the ? stand schema, and the parameters that libpq knows, such as sslmode") from error  # fmt: skip
    try:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with translated():
            for each in _SETTINGS:
                connection.execute(each.encode())
            if threads is not None:
                connection.execute(
                    f"SET LOCAL max_parallel_workers_per_gather = {threads - 1}".encode()
                )
        yield Session(connection)
    finally:
        with suppress(psycopg.Error):  # where the connection is lost, so is all that was done in it
            connection.rollback()
        connection.close()


@contextmanager
def translated(reads: bool = False) -> Iterator[None]:
    """What PostgreSQL raises, as what the environment lacks; anything else is a bug and stays one.

    ``reads``: whether data is read for the first time.
    """
    errors = psycopg.errors
    try:
        yield
    except (errors.NumericValueOutOfRange, errors.DatetimeFieldOverflow) as error:
        raise TooLarge from error
    except psycopg.DataError as error:
        if not reads:
            raise
        raise Unreadable(first_line(error), VIEW) from error
    except (errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction) as error:
        raise _cannot(error, "the user needs to read the tables (GRANT SELECT) and to make temporary ones "
                      "(GRANT TEMPORARY) on a server that is no copy of another; to write results also to make "
                      "tables in their schema (GRANT CREATE ON SCHEMA)") from error  # fmt: skip
    except (errors.OutOfMemory, errors.DiskFull, errors.ConfigurationLimitExceeded) as error:
        raise _cannot(error, "give the server more room, or the user a higher limit") from error
    except errors.QueryCanceled as error:
        raise _cannot(error, "look for a statement_timeout of the user or the database") from error
    except (psycopg.errors.TransactionRollback, errors.LockNotAvailable) as error:
        raise _cannot(error, "somebody else writes the same table: run it again") from error
    except psycopg.OperationalError as error:
        raise _cannot(error, "look into the server's log, and run it again") from error


def _cannot(error: Exception, hint: str) -> CannotRun:
    return CannotRun(f"PostgreSQL: {first_line(error)}", hint)
