"""Whether somebody looks at a stream who wants colour."""

from __future__ import annotations

import os
from typing import TextIO


def coloured(stream: TextIO) -> bool:
    """Whether to use colour and bold there: on a terminal, unless ``NO_COLOR`` says not to (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR")
