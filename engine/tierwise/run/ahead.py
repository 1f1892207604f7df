"""Plans and queries are made while the backend is at work, which leaves Python with nothing to do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType

import ibis.expr.types as ir

from tierwise.plan.plan import Plan, Step

Plans = tuple[Plan, ...]


class Ahead:
    """Plans that are made in another thread. At the end of the block nothing of it goes on.

    Args:
        expect: is given the query of every step that scores are made from, so that a backend may get ready for it.
        more: gives other steps of a plan that will be created or read, whose queries ``expect`` is given in the end.
    """

    def __init__(
        self,
        expect: Callable[[ir.Table], None],
        more: Callable[[Plan], Iterable[Step]] = lambda plan: (),
    ) -> None:
        self._expect = expect
        self._more = more
        self._ended = threading.Event()
        self._pool = ThreadPoolExecutor(1, "planning")
        self._begun: dict[Hashable, Future[Plans]] = {}

    def begin(self, key: Hashable, make: Callable[[], Plans]) -> None:
        """Begin to make plans, which are asked for by a key, unless those of that key have been begun."""
        if key in self._begun:
            return
        begun = self._begun[key] = self._pool.submit(make)
        self.expect(lambda: (step.table for step in self._steps(begun.result())))
        self._pool.submit(self._last, begun)

    def expect(self, queries: Callable[[], Iterable[ir.Table]]) -> None:
        """Let the backend get ready for other queries as well."""
        self._pool.submit(self._get_ready, queries)

    def made(self, key: Hashable) -> Plans | None:
        """The plans, once they are made; None where they were not begun. Raises what making them raises."""
        return self._begun[key].result() if key in self._begun else None

    def steps(self, key: Hashable) -> list[Step]:
        """The steps that scores are made from, each once; none where making plans fails, which ``made`` will say."""
        begun = self._begun.get(key)
        return [] if begun is None or begun.exception() is not None else self._steps(begun.result())

    def _last(self, plans: Future[Plans]) -> None:
        """What is read in the end comes behind all that waits by now."""
        self.expect(lambda: (step.table for plan in plans.result() for step in self._more(plan)))

    def _get_ready(self, queries: Callable[[], Iterable[ir.Table]]) -> None:
        for query in queries():
            if self._ended.is_set():
                return
            self._expect(query)

    @staticmethod
    def _steps(plans: Sequence[Plan]) -> list[Step]:
        return list(dict.fromkeys(step for plan in plans for step in plan.scoring))

    def __enter__(self) -> Ahead:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._ended.set()
        self._pool.shutdown(wait=True, cancel_futures=True)
