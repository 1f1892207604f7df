"""What can be said of Spark where there is none: what is missing, and what SQL it would be given."""

from __future__ import annotations

import sys
from pathlib import Path

import ibis
import pytest

import tierwise
from rule_files import carried_rules
from tierwise import pipeline
from tierwise.months import parse_month
from tierwise.plan.lower import lower
from tierwise.plan.plan import Step
from tierwise.plan.written import written_schemas
from tierwise.run.on_spark.sql import sql_of


def test_without_pyspark_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(tierwise.CannotRun, match="pyspark") as cannot:
        tierwise.evaluate("examples/contoso", "2021-05", rules=carried_rules(), backend="spark")
    assert "pip install 'tierwise[spark]'" in cannot.value.hint


def test_without_java_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("pyspark")
    from pyspark.sql import SparkSession

    monkeypatch.setattr(SparkSession, "getActiveSession", lambda: None)
    for name in ("JAVA_HOME", "PYSPARK_GATEWAY_PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(tierwise.CannotRun, match="Java") as cannot:
        tierwise.evaluate("examples/contoso", "2021-05", rules=carried_rules(), backend="spark")
    assert "Java 17" in cannot.value.hint


def test_every_step_of_the_example_can_be_printed() -> None:
    month = parse_month("2021-05")
    assert month is not None
    bound = pipeline.programs(carried_rules(), month, "small-and-midmarket-cloud-solutions", None)
    assert bound.value is not None
    (program,) = bound.value
    steps = lower(program, written_schemas(program.contract)).steps
    printed = {step.name: sql_of(step.table) for step in steps}
    scores = next(sql for name, sql in printed.items() if name.endswith(":scores"))
    assert scores.startswith("SELECT")
    assert "`" in scores
    assert '"' not in scores


def test_what_ibis_cannot_print_is_named_with_its_step() -> None:
    from tierwise.run.backends.spark import Spark

    table = ibis.table({"a": "int64"}, name="data:x:t")
    odd = table.aggregate(a=table.a.bit_xor())
    steps = [Step("fine", "fine", table, stored=False), Step("odd", "odd ones", odd, stored=False)]
    ((step, lack),) = Spark(session=None).lacking(steps)
    assert step.title == "odd ones"
    assert "BitXor" in lack
