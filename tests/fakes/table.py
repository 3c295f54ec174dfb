"""The table of faults and oddities in README.md; ``python -m tests.fakes.table`` writes it."""

from pathlib import Path

from tests.fakes.faults import FAULTS
from tests.fakes.oddities import ODDITIES
from tests.fakes.proxy import BENDS

START = "<!-- faults -->\n"


def table() -> str:
    """Return the table as Markdown."""
    lines = ["| Fault | Check | Section |", "|---|---|---|"]
    lines += [
        f"| {_cell(fault.name)} ({fault.base}) | {fault.check}: {_cell(fault.key)} | {fault.rule} |"
        for fault in FAULTS
    ]
    lines += ["", "| Bent on a real server | Check |", "|---|---|"]
    lines += [f"| {_cell(bend.name)} | {bend.check}: {_cell(bend.key)} … |" for bend in BENDS]
    lines += ["", "| Odd, but legal |", "|---|"]
    lines += [f"| {_cell(oddity[0])} ({oddity[1]}) |" for oddity in ODDITIES]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("*", "\\*").replace("|", "\\|")


def main() -> None:
    path = Path(__file__).with_name("README.md")
    head = path.read_text(encoding="utf-8").partition(START)[0]
    path.write_text(head + START + table(), encoding="utf-8")


if __name__ == "__main__":
    main()
