"""A PostgreSQL server for tests, of Debian's packages: made in a folder, started, and gone again."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "tierwise"
_QUICK = ("-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c listen_addresses=127.0.0.1 "
          "-c autovacuum=off -c max_connections=20")  # fmt: skip


def programs() -> Path | None:
    """The folder of the server's programs, those of the newest version; None: there is none."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).parent
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((each.parent for each in installed), key=lambda each: int(each.parent.name),
               default=None)  # fmt: skip


def lacking() -> str:
    """What tests with PostgreSQL need and is not there; "" where nothing is missing."""
    if importlib.util.find_spec("psycopg") is None:
        return "psycopg is not installed (pip install 'tierwise[postgres]')"
    if programs() is None:
        return "there is no PostgreSQL (apt install postgresql)"
    return ""


@contextmanager
def server() -> Iterator[str]:
    """A running server; gives the start of its URLs, up to the database's name.

    As root it runs as the user that Debian's packages make, since no server runs as root.
    """
    folder = Path(tempfile.mkdtemp(prefix="tierwise-pg-"))
    try:
        data, port = folder / "data", _free_port()
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        _run("initdb", "-D", data, "-A", "trust", "-U", USER, "--no-sync", "-E", "UTF8",
             "--no-instructions", "--locale=C.UTF-8")  # fmt: skip
        _run("pg_ctl", "-D", data, "-w", "-s", "-l", data / "log", "-o",
             f"-p {port} -k {folder} {_QUICK}", "start")  # fmt: skip
        try:
            yield f"postgresql://{USER}@127.0.0.1:{port}/"
        finally:
            _run("pg_ctl", "-D", data, "-s", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(program: str, *words: object) -> None:
    folder = programs()
    assert folder is not None
    command = [str(folder / program), *map(str, words)]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
