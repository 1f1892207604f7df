"""Plans are made while data is checked, and nothing of that goes on afterwards."""

from __future__ import annotations

import threading
from collections.abc import Hashable

import ibis
import ibis.expr.types as ir
import pytest

import tierwise
from tierwise import pipeline
from tierwise.plan.lower import lower
from tierwise.plan.plan import Plan
from tierwise.plan.written import written_schemas
from tierwise.run.ahead import Ahead


@pytest.fixture(scope="module")
def plans() -> tuple[Plan, ...]:
    programs = pipeline.programs(tierwise.load_rules("rules"), 2021 * 12 + 4,
                                 "small-and-midmarket-cloud-solutions", None).value  # fmt: skip
    assert programs is not None
    return tuple(lower(each, written_schemas(each.contract)) for each in programs)


def test_a_backend_expects_in_order_what_scores_are_made_from(plans: tuple[Plan, ...]) -> None:
    expected: list[Hashable] = []
    last = threading.Event()

    def expect(query: ir.Table) -> None:
        expected.append(query.op())
        if query is plans[-1].scoring[-1].table:
            last.set()

    with Ahead(expect) as ahead:
        ahead.begin("these", lambda: plans)
        assert ahead.made("these") is plans
        assert ahead.made("others") is None
        assert last.wait(30)
    assert expected == [step.table.op() for plan in plans for step in plan.scoring]


def test_what_several_plans_share_is_a_step_once(plans: tuple[Plan, ...]) -> None:
    with Ahead(lambda query: None) as ahead:
        ahead.begin("twice", lambda: (*plans, *plans))
        assert ahead.steps("twice") == [step for plan in plans for step in plan.scoring]
        assert ahead.steps("others") == []


def test_what_is_read_afterwards_is_expected_last(plans: tuple[Plan, ...]) -> None:
    expected: list[Hashable] = []
    others = [step for plan in plans for step in plan.steps if step not in plan.scoring]
    asked = ibis.table({"n": "int64"}, name="asked")
    last, begun = threading.Event(), threading.Event()

    def expect(query: ir.Table) -> None:
        assert begun.wait(30)
        expected.append(query.op())
        if query is others[-1].table:
            last.set()

    with Ahead(expect, lambda plan: [step for step in others if step in plan.steps]) as ahead:
        ahead.begin("these", lambda: plans)
        ahead.expect(lambda: [asked])
        begun.set()
        assert last.wait(30)
    scoring = [step.table.op() for plan in plans for step in plan.scoring]
    assert expected == [*scoring, asked.op(), *(step.table.op() for step in others)]


def test_what_has_been_begun_is_not_begun_again(plans: tuple[Plan, ...]) -> None:
    with Ahead(lambda query: None) as ahead:
        ahead.begin("these", lambda: plans)
        ahead.begin("these", cannot_make)
        assert ahead.made("these") is plans


def cannot_make() -> tuple[Plan, ...]:
    raise LookupError("a pear")


def test_there_are_no_steps_where_making_them_fails() -> None:
    with Ahead(lambda query: None) as ahead:
        ahead.begin("these", cannot_make)
        assert ahead.steps("these") == []


def test_what_making_them_raises_is_raised_where_they_are_asked_for() -> None:
    with Ahead(lambda query: None) as ahead:
        ahead.begin("these", cannot_make)
        with pytest.raises(LookupError, match="a pear"):
            ahead.made("these")


def test_nothing_goes_on_after_the_end(plans: tuple[Plan, ...]) -> None:
    expected: list[ir.Table] = []
    first, ended = threading.Event(), threading.Event()

    def expect(query: ir.Table) -> None:
        expected.append(query)
        first.set()
        assert ended.wait(30)

    def end() -> None:
        assert first.wait(30)
        ahead._ended.set()
        ended.set()

    ahead = Ahead(expect)
    with ahead:
        ahead.begin("these", lambda: plans)
        end()
    assert len(expected) == 1
    assert not [each for each in threading.enumerate() if each.name.startswith("planning")]
