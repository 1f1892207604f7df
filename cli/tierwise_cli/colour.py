"""Whether somebody looks at a stream who wants colour."""

from __future__ import annotations

import os
import sys
from typing import BinaryIO, TextIO


def coloured(stream: TextIO) -> bool:
    """Whether to use colour and bold there: on a terminal, unless ``NO_COLOR`` says not to (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR")


def coloured_output(out: BinaryIO) -> bool:
    """The same of where results are written, which may be a file."""
    return out is sys.stdout.buffer and coloured(sys.stdout)
