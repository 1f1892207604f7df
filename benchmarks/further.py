"""Measurements beside the main one: months, competencies, one partner, two versions, Spark and more."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
from measure import Program, in_turn, read_through, summary
from programs import (
    AS_OF,
    COMPETENCY,
    HERE,
    PEERS,
    RULES,
    TOP,
    Asked,
    answer,
    common,
    demo_data,
    evaluate,
    executable,
    market,
)

Found = dict[str, Any]
SMB = ("--competency", COMPETENCY)


def _measured(asked: Asked, data: Path, programs: dict[str, Program], base: str) -> Found:
    read_through(data)
    measured = in_turn(programs, asked.runs, asked.at_most)
    return {"rows": int(answer("compare.py", "--rows", data)), "base": base,
            "programs": summary(measured, base)}  # fmt: skip


def months(asked: Asked, partners: int) -> Found:
    """Twelve months from one plan against one of them, over data that reaches back far enough."""
    rules = asked.keep / "rules-of-25-months"
    if not rules.exists():
        shutil.copytree(RULES, rules)
        demo = rules / "microsoft" / "demo.yaml"
        text = demo.read_text("utf-8")
        longer = text.replace("months: {from: 2020-04", "months: {from: 2019-04")
        if longer == text:
            raise SystemExit(f"{demo}: the months of the demo data are written otherwise")
        demo.write_text(longer, "utf-8")
    data = demo_data(asked, f"{partners}-25-months", partners, "--rules", str(rules),
                     "--contract", "partner-data")  # fmt: skip
    options = (*SMB, "--version", "1.0.0")
    programs = {
        "one month": Program(evaluate(asked, data, *options)),
        "twelve months": Program(evaluate(
            asked, data, *options, "--from", "2020-06", "--to", AS_OF, output="months"
        )),
    }  # fmt: skip
    return _measured(asked, data, programs, "one month")


def all_competencies(asked: Asked, partners: int) -> Found:
    """All competencies in force over the same data, against the slowest of them alone."""
    data = demo_data(asked, f"{partners}-cloud-business", partners, "--rules", str(RULES),
                     "--contract", "cloud-business-applications-data")  # fmt: skip
    programs = {"together": Program(evaluate(asked, data))}
    for each in (COMPETENCY, "cloud-business-applications"):
        programs[each] = Program(evaluate(asked, data, "--competency", each, output=each))
    found = _measured(asked, data, programs, "together")
    alone = {name: own for name, own in found["programs"].items() if name != "together"}
    slowest = max(alone, key=lambda name: alone[name]["seconds"])
    together = found["programs"]["together"]
    pairs = zip(together["runs"], alone[slowest]["runs"], strict=True)
    together["ratio_to_slowest"] = round(statistics.median(a / b for a, b in pairs), 3)
    return found | {"slowest": slowest}


def one_partner(asked: Asked, partners: int) -> Found:
    """One partner's scores, and their explanation, out of everybody's data."""
    data = market(asked, partners)
    with duckdb.connect() as database:
        row = database.execute(
            f"SELECT partner_id FROM '{data}/partners.parquet' ORDER BY 1 LIMIT 1 OFFSET {partners // 2}"
        ).fetchone()
    partner = str(row[0]) if row else ""
    explain = (executable(), "explain", str(data), "--as-of", AS_OF, "--rules", str(RULES), *SMB,
               "--partner", partner, *common(asked))  # fmt: skip
    programs = {
        "evaluate, everybody": Program(evaluate(asked, data, *SMB), most=1),
        "evaluate --partner": Program(
            evaluate(asked, data, *SMB, "--partner", partner, output="one")
        ),
        "explain --partner": Program(explain),
    }
    return _measured(asked, data, programs, "evaluate, everybody")


def spark(asked: Asked, partners: int) -> Found:
    """The same plan on Spark on this machine, its start included, against DuckDB."""
    data = market(asked, partners)
    programs = {
        "DuckDB": Program(evaluate(asked, data, *SMB)),
        "Spark": Program(
            evaluate(asked, data, *SMB, "--backend", "spark", output="spark"), may_fail=True
        ),
    }
    found = _measured(asked, data, programs, "DuckDB")
    if "failed" not in found["programs"]["Spark"]:
        files = (asked.out / "tierwise.parquet", asked.out / "spark.parquet")
        found["agreement"] = json.loads(answer("compare.py", *files))
    return found


def before(asked: Asked, partners: int, revision: str) -> Found:
    """The first competency by an earlier revision and by this one, each in its own environment."""
    data = market(asked, partners)
    programs = {}
    for name in (revision, "HEAD"):
        source, environment = _installed(asked, name)
        shown = "now" if name == "HEAD" else "before"
        programs[shown] = Program(evaluate(
            asked, data, *SMB, rules=source / "rules", output=shown, environment=environment
        ))  # fmt: skip
    found = _measured(asked, data, programs, "before")
    files = (asked.out / "now.parquet", asked.out / "before.parquet")
    return found | {"revision": revision, "agreement": json.loads(answer("compare.py", *files))}


def _installed(asked: Asked, revision: str) -> tuple[Path, Path]:
    """A revision's files and an environment with it, under its commit; made once."""
    git = ("git", "-C", str(TOP))
    commit = subprocess.run((*git, "rev-parse", revision), check=True, capture_output=True,
                            text=True).stdout.strip()  # fmt: skip
    source = (asked.keep / "revisions" / commit[:12]).resolve()
    environment = source.with_suffix(".venv")
    done = environment / "installed"  # so that one that was interrupted is made again
    if not done.exists():
        source.mkdir(parents=True, exist_ok=True)
        packed = source.with_suffix(".tar")
        subprocess.run((*git, "archive", "-o", str(packed), commit), check=True)
        shutil.unpack_archive(packed, source)
        packed.unlink()
        subprocess.run((sys.executable, "-m", "venv", str(environment)), check=True)
        pip = Path(executable(environment)).with_name("pip")
        subprocess.run((str(pip), "install", "--quiet", str(source)), check=True)
        done.touch()
    return source, environment


def ready_made(asked: Asked, partners: int) -> Found:
    """Points and levels from ready-made values: tierwise, and engines that know no rows of data."""
    data = asked.keep / f"{partners}-ready-made"
    if not (data / "partners.parquet").exists():
        answer("ready_made.py", data, "--partners", partners)

    def script(name: str) -> Program:
        output = str(asked.out / f"{name}.parquet")
        command = (sys.executable, str(PEERS / f"{name}_script.py"), str(data), "--output", output)
        return Program(command, may_fail=True)

    ours = evaluate(asked, data, rules=HERE / "rules", output="ready")
    programs = {
        "tierwise": Program(ours),
        "zen-engine": script("zen"),
        "OpenFisca": script("openfisca"),
    }
    found = _measured(asked, data, programs, "tierwise")
    agreement = {}
    for name, file in (("zen-engine", "zen"), ("OpenFisca", "openfisca")):
        if "failed" not in found["programs"][name]:
            files = (asked.out / "ready.parquet", asked.out / f"{file}.parquet")
            agreement[name] = json.loads(answer("compare.py", *files))
    return found | {"agreement": agreement}
