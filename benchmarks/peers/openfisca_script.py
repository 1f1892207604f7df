"""Points and levels from ready-made values by OpenFisca: a variable for each value, with formulas.

    python benchmarks/peers/openfisca_script.py DATA --output scores.parquet

All partners are one simulation, calculated column by column. OpenFisca's numbers are binary floating
point of 32 bits, so scores are not exact.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

MONTH = "2021-05"
FIELDS = ("revenue", "adds", "consultants", "developers", "deployments", "users_before", "growth")
POINTS = {"revenue": (30_000, 10), "adds": (10, 10), "consultants": (5, 30), "developers": (2, 5),
          "deployments": (10, 20), "growth": (0.35, 25)}  # fmt: skip
PARTNER = build_entity(key="partner", plural="partners", label="A partner", is_person=True)


def variable(name: str, formula: object = None) -> type[Variable]:
    """A variable of a partner and month."""
    fields = {"value_type": float, "entity": PARTNER, "definition_period": DateUnit.MONTH,
              "label": name}  # fmt: skip
    return type(name, (Variable,), fields | ({"formula": formula} if formula else {}))


def points(name: str) -> object:
    """The formula for a metric's points."""
    threshold, most = POINTS[name]

    def formula(partner, period):
        earned = np.clip(partner(name, period) * most / threshold, 0, most)
        return earned if name != "growth" else earned * (partner("users_before", period) >= 50)

    return formula


def score(partner, period):
    """The sum of all points."""
    return sum(partner(f"points_{name}", period) for name in POINTS)


def rank(partner, period):
    """2: gold, 1: silver."""
    reached = partner("score", period)
    return (reached >= 80) * 1 + (reached >= 60) * 1


def system() -> TaxBenefitSystem:
    """Everything that is known and calculated."""
    made = TaxBenefitSystem([PARTNER])
    for name in FIELDS:
        made.add_variable(variable(name))
    for name in POINTS:
        made.add_variable(variable(f"points_{name}", points(name)))
    made.add_variable(variable("score", score))
    made.add_variable(variable("rank", rank))
    return made


def main() -> None:
    """Read, calculate, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    asked = parser.parse_args()
    with duckdb.connect() as database:
        columns = ", ".join(f"{name}::DOUBLE AS {name}" for name in FIELDS)
        read = database.execute(
            f"SELECT partner_id, {columns} FROM '{asked.data}/partners.parquet'").fetchnumpy()  # fmt: skip
        partners = read["partner_id"]
        simulation = SimulationBuilder().build_default_simulation(system(), count=len(partners))
        for name in FIELDS:
            simulation.set_input(name, MONTH, np.asarray(read[name]))
        scores = simulation.calculate("score", MONTH)
        levels = np.array(["", "silver", "gold"])[simulation.calculate("rank", MONTH).astype(int)]
        table = pa.table({"partner_id": pa.array(list(partners)), "score": pa.array(scores),
                          "level": pa.array(list(levels))})  # fmt: skip
        database.register("done", table)
        database.execute(f"COPY (FROM done) TO '{asked.output}' (FORMAT parquet)")


if __name__ == "__main__":
    main()
