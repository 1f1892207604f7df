"""Whether somebody has told the program to stop: a signal reaches no other place than this."""

from __future__ import annotations

_told = False


def tell() -> None:
    """Somebody has."""
    global _told  # noqa: PLW0603  # the place
    _told = True


def is_told() -> bool:
    """Whether somebody has."""
    return _told


def go_on() -> None:
    """Interrupt once more where a library has kept an interrupt to itself, as Java's bridge may."""
    if _told:
        raise KeyboardInterrupt
