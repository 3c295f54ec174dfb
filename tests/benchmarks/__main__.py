"""Run benchmarks: ``python -m tests.benchmarks [NAME ...]``; each is a module here with ``main()``."""

import importlib
import sys
from pathlib import Path

NAMES = sorted(
    path.stem
    for path in Path(__file__).parent.glob("*.py")
    if not path.stem.startswith(("_", "record_"))
)


def main(names: list[str]) -> int:
    """Run the benchmarks ``names``, or all."""
    for name in names or NAMES:
        if name not in NAMES:
            print(f"no benchmark '{name}'; there are: {', '.join(NAMES)}", file=sys.stderr)
            return 2
        print(f"# {name}")
        importlib.import_module(f"tests.benchmarks.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
