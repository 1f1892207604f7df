"""``python -m tierwise.model.write_schemas FOLDER`` writes the schema of each kind to a file."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tierwise.model.schemas import KINDS, schema_of


def main(folder: Path) -> None:
    """Write ``KIND.schema.json`` for every kind."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        text = json.dumps(schema_of(kind), indent=2, ensure_ascii=False) + "\n"
        (folder / f"{kind}.schema.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
