"""The contract's tables as they are written, before any data is seen: what a plan may be tried on."""

from __future__ import annotations

import ibis

from tierwise.plan.typed import physical
from tierwise.program.program import Contract


def written_schemas(contract: Contract) -> dict[str, ibis.Schema]:
    """The columns of every table as data would be typed, decimals without digits behind the point."""
    return {
        name: ibis.schema({column.name: physical(column.kind) for column in table.columns.values()})
        for name, table in contract.tables.items()
    }
