"""`python -m benchmarks [NAME…]`: a table on standard error, JSON on standard output."""

from __future__ import annotations

import json
import sys

from benchmarks import idle, links, start, sync

BENCHMARKS = {"links": links.run, "sync": sync.run, "idle": idle.run, "start": start.run}


def main(names: list[str]) -> int:
    """Run the named benchmarks, all of them when none is named."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}; there is {', '.join(BENCHMARKS)}.", file=sys.stderr)
        return 2
    figures = {name: BENCHMARKS[name]() for name in names or BENCHMARKS}
    for name, measured in figures.items():
        for what, value in measured.items():
            print(f"{name:8} {what:24} {value:14,.3f}", file=sys.stderr)
    print(json.dumps(figures, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
