"""What YAML's parser says, in words for someone who writes IMAP."""

import yaml

from conformance.scenario.problems import Problem
from conformance.verdict import Place

__all__ = ["explain"]

_QUOTE_IT = "put the whole text in single quotes"


def explain(error: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    """Return the parser's complaint as a problem that says what to do."""
    mark = error.problem_mark or error.context_mark
    start = error.context_mark or mark
    if mark is None or start is None:
        return Problem(Place(file, 1, 1), f"this is not YAML: {error.problem}")
    lines = text.splitlines()
    line = lines[mark.line] if mark.line < len(lines) else ""
    message, opening = _message(error.problem or "", error.context or "", line, mark.column)
    shown = start if opening else mark
    return Problem(Place(file, shown.line + 1, shown.column + 1), message)


def _message(problem: str, context: str, line: str, column: int) -> tuple[str, bool]:
    """Return the words, and whether they speak of where the construct began."""
    here = line[column : column + 1]
    before = line[:column].rstrip()
    if here == "\t":
        return "a tab cannot indent; use spaces", False
    if "alias" in context:
        return "a response is written without its '* '", True
    if "anchor" in context:
        return f"'&' is YAML's anchor sign; {_QUOTE_IT}", True
    if "cannot start any token" in problem:
        return f"a text cannot begin with '{here}'; {_QUOTE_IT}", False
    if "escape" in problem:
        return f"'\\' escapes within double quotes; {_QUOTE_IT}", False
    if "quoted scalar" in context:
        return "the quote that begins here is not closed", True
    if before.endswith(('"', "'")) and "did not find expected" in problem:
        return f"the text goes on after its quote; {_QUOTE_IT}", False
    if before.endswith(("]", "}")) and "block" in context:
        return f"the text goes on after its bracket; {_QUOTE_IT}", False
    if "flow sequence" in context:
        return "'[' is not closed", True
    if "flow mapping" in context:
        return "'{' is not closed", True
    if "mapping values are not allowed" in problem:
        if ": " in before:
            return f"': ' stands within a text; {_QUOTE_IT}", False
        return "this line does not fit the one above: indentation, or a ':' is missing there", False
    if "did not find expected" in problem and "block" in context:
        return "this line is indented neither like its neighbours nor like a new item", False
    return f"this is not YAML: {problem}", False
