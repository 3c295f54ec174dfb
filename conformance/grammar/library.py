"""The ABNF files that come with the package: read once, by name."""

from functools import cache
from importlib.resources import files

from conformance.grammar.abnf_reader import AbnfFile, read

__all__ = ["BASES", "PLAIN", "extensions", "load", "names"]

BASES = {"rev1": "rfc3501", "rev2": "rfc9051"}
PLAIN = frozenset(
    {"core", "frame", "rfc3501", "rfc9051", "rfc1939", "rfc2449", "rfc6856", "rfc5321"}
)
"""Files that are no IMAP extensions."""

_FOLDER = files("conformance.grammar") / "abnf"


@cache
def names() -> tuple[str, ...]:
    """Return the names of all files, without ``.abnf``, in the order of their RFCs' numbers."""
    found = [entry.name[:-5] for entry in _FOLDER.iterdir() if entry.name.endswith(".abnf")]
    return tuple(sorted(found, key=lambda name: (len(name), name)))


@cache
def load(name: str) -> AbnfFile:
    """Return the file called ``name``.

    FileNotFoundError if there is none, AbnfError if it is no ABNF.
    """
    return read((_FOLDER / f"{name}.abnf").read_text(encoding="ascii"), f"{name}.abnf")


@cache
def extensions() -> tuple[AbnfFile, ...]:
    """Return the files of all IMAP extensions, oldest RFC first."""
    return tuple(load(name) for name in names() if name not in PLAIN)
