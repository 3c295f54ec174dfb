"""What a completed command did to the mailboxes, as far as its answer tells."""

from conformance.check.always.client import Box, Client, Moment, Sent
from conformance.check.always.folders import Folders, Mail, appended, uid_code
from conformance.imap.command import Command
from conformance.imap.response import Response
from conformance.imap.tree import Node

__all__ = ["complete", "copied"]


def complete(moment: Moment, sent: Sent, folders: Folders, *, calm: bool) -> None:
    """Take in that ``sent`` was answered by the response of ``moment``.

    calm  whether nobody else did anything since it was sent
    """
    client, response = moment.client, moment.response
    if response is None:
        return
    name, ok = sent.command.name, response.kind == "OK"
    if name in ("SELECT", "EXAMINE"):
        _selected(client, sent, response, calm=calm)
    elif not ok:
        return
    elif name in ("CLOSE", "UNSELECT", "UNAUTHENTICATE"):
        if client.entering is None:
            client.box = None
    elif name == "LOGOUT":
        client.left = moment.index
    elif name == "APPEND":
        _appended(client, sent, response, moment.index, folders)
    elif name in ("COPY", "UID COPY", "MOVE", "UID MOVE"):
        copied(client, response, moment.index, folders, sent.box, sent.command)
    elif name in ("DELETE", "RENAME"):
        deleted = moment.index if name == "DELETE" else None
        for argument in sent.command.args:
            if isinstance(argument, bytes):
                folders.forget(client.user, bytes(argument), deleted)


def _selected(client: Client, sent: Sent, response: Response, *, calm: bool) -> None:
    if client.entering is not sent:
        return
    client.entering = None
    if response.kind == "OK" and client.box is not None:
        client.box.open = True
        client.box.calm = calm
        client.box.read_only = client.box.examine or response.code == "READ-ONLY"
    else:
        client.box = None


def _appended(client: Client, sent: Sent, response: Response, index: int, folders: Folders) -> None:
    code = uid_code(response)
    name = sent.command.args[0] if sent.command.args else None
    if code is None or response.code != "APPENDUID" or not isinstance(name, bytes):
        return
    validity, _, uids = code
    mails = appended(sent.command, index)
    folder = folders.validity(client.user, bytes(name), validity, sent.index)
    if mails is None or len(mails) != len(uids):
        return
    for uid, mail in zip(uids, mails, strict=True):
        folder.mails.setdefault(uid, mail)


def copied(
    client: Client,
    response: Response,
    index: int,
    folders: Folders,
    box: Box | None,
    command: Command | None = None,
) -> None:
    """Take in COPYUID; without ``command`` it came untagged, for the COPY or MOVE under way."""
    code = uid_code(response)
    if command is None:
        command = next(
            (
                sent.command
                for sent in client.pending.values()
                if sent.command.name.endswith(("MOVE", "COPY"))
            ),
            None,
        )
    if code is None or response.code != "COPYUID" or box is None or command is None:
        return
    name: Node | None = command.args[1] if len(command.args) > 1 else None
    validity, source, target = code
    if not isinstance(name, bytes) or len(source) != len(target):
        return
    folder = folders.validity(client.user, bytes(name), validity, index)
    for old, new in zip(source, target, strict=True):
        mail = box.folder.mails.get(old)
        if mail is not None:
            folder.mails.setdefault(new, Mail(mail.octets, mail.date, None, index))
