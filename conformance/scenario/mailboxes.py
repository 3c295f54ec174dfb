"""Reads a scenario's messages and the mailboxes that hold them at the start."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from conformance.scenario.large_mail import LARGE
from conformance.scenario.locate import find_message
from conformance.scenario.model import Actor, Given, GivenMessage, Scenario
from conformance.scenario.pattern import NAME
from conformance.scenario.reading import Reading
from conformance.scenario.tree import Mapping as MappingNode
from conformance.scenario.tree import Node, Scalar
from conformance.scenario.tree import Sequence as SequenceNode
from conformance.scenario.words import GIVEN_MESSAGE
from conformance.verdict import Place

__all__ = ["MailReader"]

_FLAG = re.compile(r"\\?[^\s(){%*\"\\\]\x00-\x1f\x7f]+")
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_DATE = re.compile(
    rf"(?:[ 0]?[1-9]|[12][0-9]|3[01])-(?:{_MONTHS})-\d{{4}} "
    r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d [+-]\d{4}"
)
_MESSAGE_NAME = re.compile(NAME)


class MailReader:
    """Turns nodes into messages and mailboxes; ``known`` is what the beginning brings."""

    def __init__(self, reading: Reading, folders: Sequence[Path], known: Scenario) -> None:
        """Look for message files in ``folders``."""
        self.reading = reading
        self.folders = folders
        self.known = known

    def messages(self, node: Node) -> dict[str, str]:
        """Read names of message files."""
        messages = {}
        known = self.known
        for key, value in self.reading.mapping(node, "'messages'"):
            self._message_name(key)
            if key.value in known.messages:
                message = f"the beginning '{known.id}' has a message '{key.value}' already"
                self.reading.wrong(key.place, message)
            file = self.reading.text(value, "the message file")
            if file:
                self._message_file(file, value.place)
            messages[key.value] = file
        return messages

    def _message_name(self, key: Scalar) -> None:
        if not _MESSAGE_NAME.fullmatch(key.value):
            message = f"'{key.value}' is no message's name: letters, digits, '.', - and _"
            self.reading.wrong(key.place, message)

    def _message_file(self, file: str, place: Place) -> None:
        if file not in LARGE and find_message(file, self.folders) is None:
            where = " nor in ".join(str(folder) for folder in self.folders)
            self.reading.wrong(place, f"there is no message file '{file}' in {where}")

    def given(
        self,
        node: Node,
        actors: tuple[Actor, ...],
        messages: Mapping[str, str],
    ) -> tuple[Given, ...]:
        """Read mailboxes; a mapping below a name is another user's mailboxes."""
        found: list[Given] = []
        users = tuple(dict.fromkeys(actor.user for actor in actors))
        known = self.known
        messages = {**known.messages, **messages}
        seen = {message.name: f"'{known.id}'" for box in known.given for message in box.messages}
        for key, value in self.reading.mapping(node, "'given'"):
            if isinstance(value, MappingNode):
                self.reading.known(key.value, users, key.place, "user")
                found += [
                    self._mailbox(box, items, key.value, messages, seen)
                    for box, items in value.pairs
                ]
            else:
                found.append(self._mailbox(key, value, "", messages, seen))
        return tuple(found)

    def _mailbox(
        self, key: Scalar, node: Node, user: str, messages: Mapping[str, str], seen: dict[str, str]
    ) -> Given:
        reading = self.reading
        if not key.value:
            reading.wrong(key.place, "the mailbox's name is missing")
        if not isinstance(node, SequenceNode):
            reading.wrong(node.place, "a mailbox holds a list of messages; [] if it is empty")
            return Given(key.value, (), user, key.place)
        found = []
        for item in node.items:
            message = self._given_message(item, messages)
            if message is None:
                continue
            if message.name in seen:
                reading.wrong(
                    item.place,
                    f"message '{message.name}' is given twice (also in {seen[message.name]})",
                )
            seen.setdefault(message.name, f"line {item.place.line}")
            found.append(message)
        return Given(key.value, tuple(found), user, key.place)

    def _given_message(self, node: Node, messages: Mapping[str, str]) -> GivenMessage | None:
        reading = self.reading
        if isinstance(node, Scalar):
            self._message_name(node)
            return GivenMessage(node.value, place=node.place)
        if not isinstance(node, MappingNode) or len(node.pairs) != 1:
            reading.wrong(node.place, "a message is a name, or 'name: {message, flags, date}'")
            return None
        ((key, value),) = node.pairs
        self._message_name(key)
        fields = reading.fields(value, GIVEN_MESSAGE, "a message")
        message = flags = date = ""
        if "message" in fields:
            message = reading.text(fields["message"], "the message file")
            if message and message not in messages:
                self._message_file(message, fields["message"].place)
        if "flags" in fields:
            flags = self._flags(fields["flags"])
        if "date" in fields:
            date = reading.text(fields["date"], "the date")
            if date and not _DATE.fullmatch(date):
                reading.wrong(
                    fields["date"].place, f"'{date}' is no date as 17-Jul-2026 02:44:25 +0200"
                )
        return GivenMessage(key.value, message, flags, date, key.place)

    def _flags(self, node: Node) -> str:
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
