"""Where the program starts, and the edge where findings, failures and signals end.

Nothing is imported before signals are listened to but what Python has loaded anyway: a program
that is told to stop while it starts ends as it does later.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import io
import os
import signal
import sys
import types

from tierwise_cli import exit_codes, stopped

TYPE_CHECKING = False
if TYPE_CHECKING:  # which typing says as well, and takes long to load
    from typing import NoReturn

_STOPS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
_SELDOM = (1_000_000, 20, 20)
"""How seldom Python looks for what refers to itself in a circle: as often as it does by itself it takes
a sixth of the time of a small run, and finds next to nothing in a plan, which lives to the end."""
_TURN = 0.001
"""After how many seconds whoever waits for Python gets it, a fifth of what is usual: plans are made while a database
works, and who has its answer is not to wait for them."""
_AGAIN = (signal.SIGALRM,) if hasattr(signal, "setitimer") else ()
_PATIENCE = 0.02
"""After how many seconds ``_AGAIN`` looks once more whether a library has been loaded."""
_DISK = "check the path, the permissions and the disk"
_INTERRUPTED = 130
"""The exit code that typer makes of an interrupt."""


def main() -> NoReturn:
    """Run the program; a user never sees a traceback."""
    gc.set_threshold(*_SELDOM)
    sys.setswitchinterval(_TURN)
    try:
        _run_and_listen()
    except SystemExit as ended:
        _end(ended.code)
    _end(exit_codes.CLEAN)


def _run_and_listen() -> None:
    """Run, and end as is usual where somebody tells the program to stop."""
    try:
        for each in _STOPS:
            if signal.getsignal(each) is not signal.SIG_IGN:  # nohup has it ignored
                signal.signal(each, _stop)
        sys.excepthook = _bug
        sys.unraisablehook = _tell_of_what_is_ignored
        _open_what_is_closed()
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(errors="backslashreplace")  # a terminal may not know all letters
        from tierwise_cli.unloaded import leave_unloaded

        leave_unloaded(sys.argv)
        _run()
    except KeyboardInterrupt:
        _interrupted()
    finally:
        for each in (*_STOPS, *_AGAIN):
            signal.signal(each, signal.SIG_IGN)  # what is left is to end


def _open_what_is_closed() -> None:
    """Where the program was started without a stream: results cannot be written, what is told goes nowhere."""
    if sys.stdout is None:
        # To write there fails, as it does where it is full.
        closed = os.open(os.devnull, os.O_RDONLY)
        sys.stdout = open(closed, "w", encoding="utf-8")  # noqa: PTH123, SIM115  # to the end
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  # to the end


def _end(code: object) -> NoReturn:
    """End at once: all is written and closed, and Python would take down module by module what it has loaded."""
    ended = code if isinstance(code, int) else exit_codes.CLEAN
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        ended = exit_codes.COULD_NOT_RUN  # nobody is left to tell
    except OSError as error:
        if ended != exit_codes.COULD_NOT_RUN:  # else it has been said
            _say(*_told(error, "standard output: "))
        ended = exit_codes.COULD_NOT_RUN
    with contextlib.suppress(OSError):
        sys.stderr.flush()
    os._exit(ended)


def _stop(number: int, frame: types.FrameType | None) -> None:
    """Every signal to stop is an interrupt, so that whatever was begun is cleared away.

    A library that is broken off while it is loaded says so in its own way; so that is waited for.
    """
    stopped.tell()
    if _AGAIN and _loads(frame):
        signal.signal(_AGAIN[0], _stop)
        signal.setitimer(signal.ITIMER_REAL, _PATIENCE)
        return
    signal.default_int_handler(number, frame)


def _loads(frame: types.FrameType | None) -> bool:
    """Whether a library is being loaded where a signal came."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib."):
            return True
        frame = frame.f_back
    return False


def _run() -> None:
    from typer.main import get_command

    from tierwise.diagnostics import Argument, CannotRun, Refused
    from tierwise_cli.app import app

    try:
        get_command(app)()  # called itself, the app would put a hook of its own in that place
    except SystemExit as ended:
        if ended.code == _INTERRUPTED:
            _interrupted()
        if isinstance(ended.__context__, BrokenPipeError):
            # Whoever read the output has stopped; there is nobody left to tell.
            sys.exit(exit_codes.COULD_NOT_RUN)
        raise
    except Refused as refused:
        from tierwise_cli.render.findings import print_findings

        print_findings(refused.diagnostics, sys.stderr)
        errors = [each.place for each in refused.diagnostics if each.is_error]
        is_usage = all(isinstance(each, Argument) for each in errors)
        sys.exit(exit_codes.USAGE if is_usage else exit_codes.FINDINGS)
    except CannotRun as error:
        _fail(str(error), error.hint)
    except (MemoryError, RuntimeError) as error:
        if isinstance(error, RuntimeError) and "can't start new thread" not in str(error):
            raise
        _no_memory()
    except ImportError as error:
        _not_loaded(error)
    except BrokenPipeError:
        sys.exit(exit_codes.COULD_NOT_RUN)
    except OSError as error:
        _fail(*_told(error))


def _told(error: OSError, place: str = "") -> tuple[str, str]:
    """What could not be read or written, and what to do. ``place``: which it is, where the error does not say."""
    if error.errno == errno.EBADF:  # nothing else may be closed already
        return "standard output: it is closed", "leave it open, or give --output a file"
    name = f"{error.filename}: " if error.filename else place
    return f"{name}{error.strerror or error}", _DISK


def _no_memory() -> NoReturn:
    _fail("there is not enough memory", "close other programs, raise the limit that the system sets, or give "
          "--threads and --memory-limit less than it")  # fmt: skip


def _not_loaded(error: ImportError) -> NoReturn:
    """A library does not load; what is missing of tierwise itself, or broken off, is another matter."""
    if stopped.is_told() or (error.name or "").startswith("tierwise"):
        raise error
    _fail(f"a library cannot be loaded: {error}",
          "install tierwise anew, or allow it more memory where the system sets a limit")  # fmt: skip


def _interrupted() -> NoReturn:
    _fail("interrupted", "nothing was left half written")


def _fail(message: str, hint: str) -> NoReturn:
    _say(message, hint)
    sys.exit(exit_codes.COULD_NOT_RUN)


def _say(message: str, hint: str) -> None:
    with contextlib.suppress(OSError):  # after a hang-up there is no terminal
        sys.stderr.write(f"tierwise: {message}\n" + (f"  {hint}\n" if hint else ""))


def _tell_of_what_is_ignored(ignored: sys.UnraisableHookArgs) -> None:
    """What Python passes over, because it happened where a library clears away: no result depends on it.

    An interrupt that came there is raised anew by ``stopped.go_on``.
    """
    if os.environ.get("TIERWISE_TRACEBACK"):
        sys.__unraisablehook__(ignored)


def _bug(
    kind: type[BaseException], error: BaseException, trace: types.TracebackType | None
) -> None:
    """What is left is a bug of tierwise: say so, with the traceback only where it is asked for.

    Unless it was told to stop: a library that is broken off while it loads says it in its own way.
    """
    if os.environ.get("TIERWISE_TRACEBACK"):
        sys.__excepthook__(kind, error, trace)
    first = (str(error).strip().splitlines() or [""])[0][:300]
    message = (
        "tierwise: interrupted\n  nothing was left half written\n"
        if stopped.is_told()
        else f"tierwise: this is a bug in tierwise: {kind.__name__}: {first}\n"
        "  please report it; TIERWISE_TRACEBACK=1 shows where it happened\n"
    )
    with contextlib.suppress(OSError):
        sys.stderr.write(message)
        sys.stderr.flush()
    os._exit(exit_codes.COULD_NOT_RUN)
