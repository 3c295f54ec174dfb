"""A scenario file read into values; everything that is wrong with it is said at once."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from conformance.paths import scenarios_dir
from conformance.scenario.large_mail import LARGE
from conformance.scenario.locate import find_message, message_folders
from conformance.scenario.model import Actor, Given, GivenMessage, Scenario
from conformance.scenario.pattern import NAME
from conformance.scenario.problems import LoadError, Problem
from conformance.scenario.reading import Reading
from conformance.scenario.steps import Names, StepReader
from conformance.scenario.tree import Mapping as MappingNode
from conformance.scenario.tree import Node, Scalar, parse
from conformance.scenario.tree import Sequence as SequenceNode
from conformance.scenario.words import (
    ACTOR,
    FOUND,
    GIVEN_MESSAGE,
    HEAD,
    RESERVED,
    SPEAKS,
    STEP,
    VIA,
)
from conformance.verdict import Place

__all__ = ["LoadError", "load", "read"]

_LARGEST = 1 << 20
_ACTOR_NAME = re.compile(r"[a-z][a-z0-9_-]{0,30}")
_USER = re.compile(r"[a-z][a-z0-9._-]{0,30}")
_TAG = re.compile(r"[a-z0-9][a-z0-9-]*")
_FLAG = re.compile(r"\\?[^\s(){%*\"\\\]\x00-\x1f\x7f]+")
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_DATE = re.compile(
    rf"(?:[ 0]?[1-9]|[12][0-9]|3[01])-(?:{_MONTHS})-\d{{4}} "
    r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d [+-]\d{4}"
)
_MESSAGE_NAME = re.compile(NAME)


def load(
    path: str | Path, root: str | Path | None = None, messages: Sequence[Path] | None = None
) -> Scenario:
    """Return the scenario in the file ``path``; LoadError with all its problems.

    root      the folder below which the id counts; the bundled scenarios, or the file's
              own folder, where not given
    messages  folders of message files that are looked into after the scenario's own;
              fixtures/messages where not given
    """
    path = Path(path)
    folders = message_folders(path) if messages is None else (path.parent, *messages)
    return read(_text(path), str(path), scenario_id(path, root), folders)


def read(text: str, file: str, id_: str, messages: Sequence[Path]) -> Scenario:
    """Return the scenario in ``text``; LoadError with all its problems, which name ``file``.

    messages  the folders of its message files
    """
    reading = Reading(file)
    scenario = _Head(reading, messages).scenario(parse(text, file), id_, text)
    if reading.problems:
        raise LoadError(reading.problems)
    return scenario


def scenario_id(path: Path, root: str | Path | None = None) -> str:
    """Return the path below the scenarios' folder without its ending."""
    resolved = path.resolve()
    for folder in (root, _bundled()):
        if folder is not None and resolved.is_relative_to(Path(folder).resolve()):
            return resolved.relative_to(Path(folder).resolve()).with_suffix("").as_posix()
    return path.stem


def _bundled() -> Path | None:
    try:
        return scenarios_dir()
    except FileNotFoundError:
        return None


def _text(path: Path) -> str:
    """Return the file's text; LoadError if it cannot be read, is too large or is not UTF-8."""
    start = Place(str(path), 1, 1)
    try:
        with path.open("rb") as stream:
            octets = stream.read(_LARGEST + 1)
    except OSError as error:
        raise LoadError([Problem(start, f"cannot be read: {error.strerror}")]) from None
    if len(octets) > _LARGEST:
        raise LoadError([Problem(start, "larger than 1 MiB, which no scenario is")])
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8-sig")) + 1
        octet = error.object[error.start]
        raise LoadError(
            [Problem(Place(str(path), line, column), f"octet 0x{octet:02X} is not UTF-8")]
        ) from None


class _Head:
    """Reads what stands above the steps, then the steps in its light."""

    def __init__(self, reading: Reading, folders: Sequence[Path]) -> None:
        self.reading = reading
        self.folders = folders

    def scenario(self, node: Node, id_: str, text: str) -> Scenario:
        reading = self.reading
        if not isinstance(node, MappingNode):
            reading.wrong(node.place, "a scenario is a mapping that begins with 'scenario: TITLE'")
            return Scenario(id_, "")
        head = reading.fields(node, HEAD, "a scenario")
        for key in ("scenario", "actors", "steps"):
            if key not in head and not any(k.value == key for k, _ in node.pairs):
                reading.wrong(node.place, f"'{key}' is missing")
        actors = self.actors(head["actors"]) if "actors" in head else ()
        messages = self.messages(head["messages"]) if "messages" in head else {}
        given = self.given(head["given"], actors, messages) if "given" in head else ()
        names = Names(
            actors=tuple(actor.name for actor in actors),
            given=tuple(message.name for box in given for message in box.messages),
            messages=tuple(messages),
        )
        steps = StepReader(reading, names).steps(head["steps"]) if "steps" in head else ()
        return Scenario(
            id=id_,
            title=reading.text(head["scenario"], "the title") if "scenario" in head else "",
            why=self.why(head["why"]) if "why" in head else "",
            rules=reading.rules(head["rules"]) if "rules" in head else (),
            needs=reading.needs(head["needs"]) if "needs" in head else (),
            tags=self.tags(head["tags"]) if "tags" in head else (),
            actors=actors,
            messages=messages,
            given=given,
            steps=steps,
            found=self.found(head["found"]) if "found" in head else {},
            file=reading.file,
            text=text,
        )

    def why(self, node: Node) -> str:
        """Return a text that may run over several lines, as one line."""
        if isinstance(node, Scalar):
            return " ".join(node.value.split())
        return self.reading.text(node, "why")

    def tags(self, node: Node) -> tuple[str, ...]:
        found = self.reading.texts(node, "a tag")
        for tag in found:
            if not _TAG.fullmatch(tag.value) or tag.value in ("and", "or", "not"):
                message = f"'{tag.value}' is no tag: a-z, 0-9 and -, but not and, or, not"
                self.reading.wrong(tag.place, message)
        return tuple(tag.value for tag in found)

    def found(self, node: Node) -> dict[str, str]:
        fields = self.reading.fields(node, FOUND, "'found'")
        return {key: self.reading.text(value, f"'{key}'") for key, value in fields.items()}

    def actors(self, node: Node) -> tuple[Actor, ...]:
        reading = self.reading
        actors = []
        for key, value in reading.mapping(node, "'actors'"):
            name = key.value
            if not _ACTOR_NAME.fullmatch(name):
                reading.wrong(key.place, f"'{name}' is no actor's name: a-z, 0-9, - and _")
            elif name in RESERVED or name in STEP:
                reading.wrong(key.place, f"'{name}' is a word of the language, not an actor's name")
            fields = reading.fields(value, ACTOR, "an actor")
            user = reading.text(fields["user"], "the user") if "user" in fields else "alice"
            if user and not _USER.fullmatch(user):
                reading.wrong(fields["user"].place, f"'{user}' is no user: a-z, 0-9, '.', - and _")
            via = reading.choice(fields["via"], VIA, "way") if "via" in fields else "plain"
            speaks = (
                reading.choice(fields["speaks"], SPEAKS, "protocol")
                if "speaks" in fields
                else "imap"
            )
            client = reading.text(fields["client"], "the client") if "client" in fields else ""
            actors.append(Actor(name, speaks, user, via, client, key.place))
        if not actors and not isinstance(node, SequenceNode):
            reading.wrong(node.place, "a scenario has an actor at least")
        return tuple(actors)

    def messages(self, node: Node) -> dict[str, str]:
        messages = {}
        for key, value in self.reading.mapping(node, "'messages'"):
            self.message_name(key)
            file = self.reading.text(value, "the message file")
            if file:
                self.message_file(file, value.place)
            messages[key.value] = file
        return messages

    def message_name(self, key: Scalar) -> None:
        if not _MESSAGE_NAME.fullmatch(key.value):
            message = f"'{key.value}' is no message's name: letters, digits, '.', - and _"
            self.reading.wrong(key.place, message)

    def message_file(self, file: str, place: Place) -> None:
        if file not in LARGE and find_message(file, self.folders) is None:
            where = " nor in ".join(str(folder) for folder in self.folders)
            self.reading.wrong(place, f"there is no message file '{file}' in {where}")

    def given(
        self, node: Node, actors: tuple[Actor, ...], messages: Mapping[str, str]
    ) -> tuple[Given, ...]:
        """Read mailboxes; a mapping below a name is another user's mailboxes."""
        found: list[Given] = []
        users = tuple(dict.fromkeys(actor.user for actor in actors))
        seen: dict[str, int] = {}
        for key, value in self.reading.mapping(node, "'given'"):
            if isinstance(value, MappingNode):
                self.reading.known(key.value, users, key.place, "user")
                found += [
                    self.mailbox(box, items, key.value, messages, seen)
                    for box, items in value.pairs
                ]
            else:
                found.append(self.mailbox(key, value, "", messages, seen))
        return tuple(found)

    def mailbox(
        self, key: Scalar, node: Node, user: str, messages: Mapping[str, str], seen: dict[str, int]
    ) -> Given:
        reading = self.reading
        if not key.value:
            reading.wrong(key.place, "the mailbox's name is missing")
        if not isinstance(node, SequenceNode):
            reading.wrong(node.place, "a mailbox holds a list of messages; [] if it is empty")
            return Given(key.value, (), user, key.place)
        found = []
        for item in node.items:
            message = self.given_message(item, messages)
            if message is None:
                continue
            if message.name in seen:
                reading.wrong(
                    item.place,
                    f"message '{message.name}' is given twice (also in line {seen[message.name]})",
                )
            seen.setdefault(message.name, item.place.line)
            found.append(message)
        return Given(key.value, tuple(found), user, key.place)

    def given_message(self, node: Node, messages: Mapping[str, str]) -> GivenMessage | None:
        reading = self.reading
        if isinstance(node, Scalar):
            self.message_name(node)
            return GivenMessage(node.value, place=node.place)
        if not isinstance(node, MappingNode) or len(node.pairs) != 1:
            reading.wrong(node.place, "a message is a name, or 'name: {message, flags, date}'")
            return None
        ((key, value),) = node.pairs
        self.message_name(key)
        fields = reading.fields(value, GIVEN_MESSAGE, "a message")
        message = flags = date = ""
        if "message" in fields:
            message = reading.text(fields["message"], "the message file")
            if message and message not in messages:
                self.message_file(message, fields["message"].place)
        if "flags" in fields:
            flags = self.flags(fields["flags"])
        if "date" in fields:
            date = reading.text(fields["date"], "the date")
            if date and not _DATE.fullmatch(date):
                reading.wrong(
                    fields["date"].place, f"'{date}' is no date as 17-Jul-2026 02:44:25 +0200"
                )
        return GivenMessage(key.value, message, flags, date, key.place)

    def flags(self, node: Node) -> str:
        flags = []
        for scalar in self.reading.texts(node, "a flag"):
            text = scalar.value
            if text.startswith("(") and text.endswith(")"):
                text = text[1:-1]
            for flag in text.split():
                if not _FLAG.fullmatch(flag):
                    self.reading.wrong(scalar.place, f"'{flag}' is no flag")
                flags.append(flag)
        return " ".join(flags)
