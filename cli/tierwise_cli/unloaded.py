"""What the program does not load: parts of libraries that it has no use for, which others load with them.

Ibis loads a compiler for each of twenty databases with the one that is asked for, and Arrow loads numpy where that is
installed; together they take a tenth of the time in which one partner is scored. Whoever asks Ibis for another
compiler gets it; Arrow does without numpy, as it does where there is none. A program that only
imports tierwise is not touched: this belongs to the command line.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import cast

_COMPILERS = "ibis.backends.sql.compilers"
_ARROW = ("pyarrow.lib", "pyarrow._compute")
_NUMPY = "numpy"


def leave_unloaded(words: Sequence[str]) -> None:
    """Leave them out, whenever it is that a command loads these libraries.

    Args:
        words: the command line. Spark exchanges data with Arrow by way of numpy.
    """
    with_numpy = any("spark" in word for word in words)
    sys.meta_path.insert(0, _Finder(() if with_numpy else _ARROW))


class _Finder:
    """Finds what Python finds, with loaders that do less. ``alone``: modules that are to do without numpy."""

    def __init__(self, alone: Sequence[str]) -> None:
        self._alone = alone

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != _COMPILERS and name not in self._alone:
            return None
        wanted = _WithRestWhenAsked if name == _COMPILERS else _WithoutNumpy
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = wanted(spec.loader)
        return spec


class _Loader(Loader):
    """Makes a module as another loader does; the ones below load it in their own way."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)


class _WithRestWhenAsked(_Loader):
    """Loads a package as if it were empty; what it loads of its own comes with the first name that is asked of it."""

    def exec_module(self, module: ModuleType) -> None:
        def rest(name: str) -> object:
            if name.startswith("__") or "__getattr__" not in vars(module):
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
            del vars(module)["__getattr__"]
            self._loader.exec_module(module)
            return getattr(module, name)

        vars(module)["__getattr__"] = rest


class _WithoutNumpy(_Loader):
    """Loads a module as where numpy is not installed."""

    def exec_module(self, module: ModuleType) -> None:
        if _NUMPY in sys.modules:
            self._loader.exec_module(module)
            return
        # How Python is told that there is none.
        cast("dict[str, ModuleType | None]", sys.modules)[_NUMPY] = None
        try:
            self._loader.exec_module(module)
        finally:
            del sys.modules[_NUMPY]
