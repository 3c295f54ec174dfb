"""One IMAP connection of the live fake: commands in, lines out; a fault may bend the lines."""

import re

from conformance.imap.command import Command, parse_command
from conformance.imap.response import item_name
from conformance.imap.sets import ranges
from conformance.imap.tree import Atom
from tests.fakes.live.find import Bad, Search, inside, ordered
from tests.fakes.live.mail import decoded, envelope, string, structure, text, tree
from tests.fakes.live.store import SYSTEM, Account, Mail, Mailbox

CAPS = (
    "IMAP4rev1 LITERAL+ ENABLE IDLE NAMESPACE ID UIDPLUS MOVE UNSELECT ESEARCH SEARCHRES SORT"
    " BINARY CONDSTORE QRESYNC CHILDREN QUOTA QUOTA=RES-STORAGE ACL"
)
_MACROS = {
    "ALL": ("FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE"),
    "FAST": ("FLAGS", "INTERNALDATE", "RFC822.SIZE"),
    "FULL": ("FLAGS", "INTERNALDATE", "RFC822.SIZE", "ENVELOPE", "BODY"),
}
_NO_EXPUNGE = {"FETCH", "STORE", "SEARCH", "SORT"}
_BODY = re.compile(r"(BODY|BINARY|BINARY\.SIZE)(\.PEEK)?\[([^\]]*)\](?:<(\d+)(?:\.(\d+))?>)?\Z")
_SELECTED = {"FETCH", "STORE", "SEARCH", "SORT", "COPY", "MOVE", "EXPUNGE", "CLOSE"}
_SELECTED |= {"UNSELECT", "CHECK"}


class No(Exception):  # noqa: N818 - the answer
    pass


class Connection:
    """The state of one session. ``out`` is what is to be written; ``fault`` may change it."""

    def __init__(self, server) -> None:
        self.server = server
        self.fault = server.fault
        self.account: Account | None = None
        self.box: Mailbox | None = None
        self.read_only = False
        self.view: list[Mail] = []
        self.told: dict[int, int] = {}
        self.announced: list[str] = []
        self.enabled: set[str] = set()
        self.saved: list[Mail] = []
        self.idle_tag = b""
        self.out: list[bytes] = []
        self.command: Command | None = None
        self.closing = False
        self.memory: dict = {}  # for faults
        self.serial = next(server.serials)

    # --- frames

    def greet(self) -> list[bytes]:
        self.say("* OK [CAPABILITY IMAP4rev1 LITERAL+ AUTH=PLAIN] ready")
        return self._flush("greeting")

    def take(self, frame: bytes) -> list[bytes]:
        """Return what answers a whole command."""
        if self.idle_tag:
            tag, self.idle_tag = self.idle_tag, b""
            self.sync(expunge=True)
            self._tagged(tag, "OK idled" if frame.strip().upper() == b"DONE" else "BAD no DONE")
            return self._flush("DONE")
        command = parse_command(frame)
        if command is None or not re.fullmatch(rb"[^\x00-\x20(){%*\"\\+\x7f-\xff]+", command.tag):
            self.say("* BAD what?")
            return self._flush("?")
        self.command = command
        name = command.name.removeprefix("UID ")
        uid = command.name.startswith("UID ")
        try:
            answer = self._do(command, name, uid=uid)
        except (Bad, ValueError, IndexError, AttributeError, TypeError, UnicodeError):
            answer = "BAD not understood"
        except No as no:
            answer = f"NO {no}"
        if answer is not None:
            if self.box is not None and name not in ("SELECT", "EXAMINE"):
                self.sync(expunge=uid or name not in _NO_EXPUNGE)
            if name in ("EXPUNGE", "MOVE") and answer == "OK" and "QRESYNC" in self.enabled:
                answer = f"OK [HIGHESTMODSEQ {self.box.modseq}] removed"
            self._tagged(command.tag, answer if " " in answer else f"{answer} done")
        return self._flush(command.name)

    def say(self, line: str | bytes) -> None:
        octets = line if isinstance(line, bytes) else line.encode("latin-1")
        self.out.append(octets + b"\r\n")

    def _tagged(self, tag: bytes, answer: str) -> None:
        self.out.append(tag + b" " + answer.encode() + b"\r\n")

    def _flush(self, name: str) -> list[bytes]:
        lines, self.out = self.out, []
        return self.fault.bend(self, name, lines) if self.fault is not None else lines

    def has(self, flaw: str) -> bool:
        """Whether the fault is one that the server itself has to make."""
        return self.fault is not None and self.fault.flaw == flaw

    # --- what others did

    def sync(self, *, expunge: bool) -> None:
        """Tell what changed in the selected mailbox."""
        box = self.box
        if box is None:
            return
        if expunge:
            gone = [mail for mail in self.view if mail.gone]
            if self.fault is not None and self.fault.flaw.startswith("tells no removal"):
                gone = [mail for mail in gone if mail.uid in self.memory.get("removed", ())]
            if gone and "QRESYNC" in self.enabled:
                self.say("* VANISHED " + ",".join(str(mail.uid) for mail in gone))
                self.view = [mail for mail in self.view if mail not in gone]
            else:
                for mail in gone:
                    self.say(f"* {self.view.index(mail) + 1} EXPUNGE")
                    self.view.remove(mail)
        new = [mail for mail in box.mails if mail not in self.view]
        highest = max((mail.uid for mail in self.view), default=0)
        new = [mail for mail in new if mail.uid > highest or self.has("reuses UIDs")]
        if self.has("tells no arrival") and self.serial % 2:
            new = []
        if new:
            self.view += new
            self.told.update({mail.uid: mail.modseq for mail in new})
            self.say(f"* {len(self.view)} EXISTS")
            self.say("* 0 RECENT")
        self._announce()
        for number, mail in enumerate(self.view, 1):
            if not mail.gone and self.told.get(mail.uid, 0) < mail.modseq:
                if self.has("tells no flags"):
                    self.told[mail.uid] = mail.modseq
                    continue
                self._flags(number, mail, uid="QRESYNC" in self.enabled)

    def _announce(self) -> None:
        if self.announced != self.box.flags:
            self.announced = list(self.box.flags)
            self.say(f"* FLAGS ({' '.join(self.announced)})")
            if not self.read_only:
                self.say(f"* OK [PERMANENTFLAGS ({' '.join(self.announced)} \\*)] more")

    def _flags(self, number: int, mail: Mail, *, uid: bool) -> None:
        self._announce()
        words = [f"UID {mail.uid}"] if uid else []
        words.append(f"FLAGS ({' '.join(sorted(mail.flags))})")
        if self.enabled & {"CONDSTORE", "QRESYNC"}:
            words.append(f"MODSEQ ({mail.modseq})")
        self.told[mail.uid] = mail.modseq
        self.say(f"* {number} FETCH ({' '.join(words)})")

    # --- commands

    def _do(self, command: Command, name: str, *, uid: bool) -> str | None:
        args = command.args
        if uid and name not in ("FETCH", "STORE", "SEARCH", "SORT", "COPY", "MOVE", "EXPUNGE"):
            raise Bad
        method = getattr(self, f"do_{name.lower()}", None)
        if method is None:
            raise Bad
        if name in ("CAPABILITY", "NOOP", "LOGOUT", "ID"):
            return method(args)
        if name == "LOGIN":
            if self.account is not None:
                raise Bad
            return method(args)
        if self.account is None:
            raise Bad
        if name in _SELECTED:
            if self.box is None:
                raise Bad
            if name in ("FETCH", "STORE", "SEARCH", "SORT", "COPY", "MOVE", "EXPUNGE"):
                return method(args, uid)
        return method(args)

    def do_capability(self, args) -> str:
        self.say(f"* CAPABILITY {CAPS}")
        return "OK"

    def do_noop(self, args) -> str:
        if args:
            raise Bad
        mails = self.box.mails if self.box is not None else []
        if mails and self.has("adds a flag"):
            mails[0].flags ^= {"\\Draft"}
        if len(mails) > 1 and self.has("loses a message"):
            self.box.remove(mails[0])
        return "OK"

    do_check = do_noop

    def do_id(self, args) -> str:
        self.say('* ID ("name" "fake")')
        return "OK"

    def do_login(self, args) -> str:
        user, _ = args
        self.account = self.server.account(user.decode())
        return f"OK [CAPABILITY {CAPS}] in"

    def do_logout(self, args) -> str:
        self.leave()
        self.closing = True
        self.say("* BYE bye")
        return "OK"

    def do_namespace(self, args) -> str:
        self.say('* NAMESPACE (("" "/")) NIL NIL')
        return "OK"

    def do_enable(self, args) -> str:
        words = {word.decode().upper() for word in args}
        new = [word for word in ("CONDSTORE", "QRESYNC") if word in words]
        self.enabled |= set(new) | ({"CONDSTORE"} if "QRESYNC" in new else set())
        self.say(f"* ENABLED {' '.join(new)}".rstrip())
        return "OK"

    def do_idle(self, args) -> None:
        if args:
            raise Bad
        self.idle_tag = self.command.tag
        self.say("+ idling")
        self.sync(expunge=True)

    # --- mailboxes

    def _find(self, node, *, create: bool = False) -> Mailbox:
        box = self.account.find(node.decode())
        if box is None:
            raise No("[TRYCREATE] no such mailbox" if create else "[NONEXISTENT] no such mailbox")
        return box

    def leave(self) -> None:
        if self.box is not None:
            self.box.sessions.discard(self)
        self.box = None
        self.view, self.told, self.saved = [], {}, []

    def do_select(self, args, *, examine: bool = False) -> str:
        known = None
        parameters = list(args[1]) if len(args) > 1 else []
        while parameters:
            word = parameters.pop(0)
            if word.upper() == b"CONDSTORE":
                self.enabled.add("CONDSTORE")
            elif word.upper() == b"QRESYNC":
                if "QRESYNC" not in self.enabled:
                    raise Bad
                known = parameters.pop(0)
            else:
                raise Bad
        if self.box is not None:
            self.leave()
            self.say("* OK [CLOSED] closed")
        box = self.box = self._find(args[0])
        box.sessions.add(self)
        self.read_only = examine
        self.view = list(box.mails)
        self.told = {mail.uid: mail.modseq for mail in self.view}
        self.announced = list(box.flags)
        kept = "" if examine else " ".join([*box.flags, "\\*"])
        self.say(f"* FLAGS ({' '.join(box.flags)})")
        self.say(f"* {len(self.view)} EXISTS")
        self.say("* 0 RECENT")
        self.say(f"* OK [UIDVALIDITY {box.validity}] valid")
        self.say(f"* OK [UIDNEXT {box.uidnext}] next")
        self.say(f"* OK [HIGHESTMODSEQ {box.modseq}] highest")
        self.say(f"* OK [PERMANENTFLAGS ({kept})] permanent")
        if known is not None and int(known[0]) == box.validity:
            self._resynchronize(box, known)
        return f"OK [READ-{'ONLY' if examine else 'WRITE'}] selected"

    def _resynchronize(self, box: Mailbox, known) -> None:
        since = int(known[1])
        limit = None
        if len(known) > 2 and isinstance(known[2], bytes):
            limit = known[2].decode()
        self._earlier(box, since, limit)
        for number, mail in enumerate(self.view, 1):
            if mail.modseq > since and (limit is None or inside(mail.uid, limit, box.uidnext)):
                self._flags(number, mail, uid=True)

    def _earlier(self, box: Mailbox, since: int, limit: str | None) -> None:
        gone = [uid for uid, modseq in box.expunged if modseq > since]
        gone = [uid for uid in gone if limit is None or inside(uid, limit, box.uidnext)]
        if gone:
            self.say("* VANISHED (EARLIER) " + ",".join(map(str, sorted(gone))))

    def do_examine(self, args) -> str:
        return self.do_select(args, examine=True)

    def do_close(self, args) -> str:
        if not self.read_only:
            for mail in [mail for mail in self.box.mails if "\\Deleted" in mail.flags]:
                self.box.remove(mail)
            self.server.changed(self.box, self)
        self.leave()
        return "OK"

    def do_unselect(self, args) -> str:
        self.leave()
        return "OK"

    def do_create(self, args) -> str:
        name = args[0].decode().rstrip("/")
        if self.account.find(name) is not None:
            raise No("[ALREADYEXISTS] it is there")
        self.account.make(name)
        return "OK"

    def do_delete(self, args) -> str:
        box = self._find(args[0])
        if box.name == "INBOX" or box.sessions or self.account.children(box.name):
            raise No("[INUSE] it is in use")
        del self.account.boxes[box.name]
        return "OK"

    def do_rename(self, args) -> str:
        box, new = self._find(args[0]), args[1].decode()
        boxes = [self.account.boxes[name] for name in self.account.children(box.name)]
        if self.account.find(new) is not None:
            raise No("[ALREADYEXISTS] it is there")
        if any(one.sessions for one in [box, *boxes]) or new.startswith(box.name + "/"):
            raise No("[INUSE] it is in use")
        if box.name == "INBOX":
            target = self.account.make(new)
            for mail in list(box.mails):
                target.add(mail.octets, mail.flags, mail.date)
                box.remove(mail)
            return "OK"
        parent = new.rpartition("/")[0]
        if parent and self.account.find(parent) is None:
            self.account.make(parent)
        self.account.rename(box.name, new)
        return "OK"

    def do_subscribe(self, args) -> str:
        self.account.subscribed.add(self._find(args[0]).name)
        return "OK"

    def do_unsubscribe(self, args) -> str:
        self.account.subscribed.discard(args[0].decode())
        return "OK"

    def do_list(self, args) -> str:
        reference, pattern = (arg.decode() for arg in args)
        if not pattern:
            self.say('* LIST (\\Noselect) "/" ""')
            return "OK"
        fits = _pattern(reference + pattern)
        for name in sorted(self.account.boxes):
            if fits(name):
                children = "HasChildren" if self.account.children(name) else "HasNoChildren"
                self.say(f'* LIST (\\{children}) "/" {name}')
        return "OK"

    def do_lsub(self, args) -> str:
        reference, pattern = (arg.decode() for arg in args)
        fits = _pattern(reference + pattern)
        names = {name: "" for name in self.account.subscribed if fits(name)}
        if pattern.endswith("%"):
            for name in self.account.subscribed:
                parent = name.rpartition("/")[0]
                if parent and fits(parent):
                    names.setdefault(parent, "\\Noselect")
        for name, attribute in sorted(names.items()):
            self.say(f'* LSUB ({attribute}) "/" {name}')
        return "OK"

    def do_status(self, args) -> str:
        if b"HIGHESTMODSEQ" in [item.upper() for item in args[1]]:
            self.enabled.add("CONDSTORE")
        box = self._find(args[0])
        words = []
        for item in args[1]:
            name = item.decode().upper()
            words.append(f"{name} {_status(box, name)}")
        self.say(f"* STATUS {box.name} ({' '.join(words)})")
        return "OK"

    def do_append(self, args) -> str:
        box = self._find(args[0], create=True)
        *options, octets = args[1:]
        flags: set[str] = set()
        date = "25-Nov-2026 12:00:00 +0000"
        for option in options:
            if isinstance(option, tuple):
                flags = {_flag(flag) for flag in option}
            else:
                date = option.decode()
        mail = box.add(octets, flags, date)
        self.server.changed(box, self)
        return f"OK [APPENDUID {box.validity} {mail.uid}] appended"

    def do_getquotaroot(self, args) -> str:
        self.say('* QUOTAROOT INBOX ""')
        self.say('* QUOTA "" (STORAGE 1 100000)')
        return "OK"

    def do_getquota(self, args) -> str:
        self.say('* QUOTA "" (STORAGE 1 100000)')
        return "OK"

    def do_myrights(self, args) -> str:
        self.say(f"* MYRIGHTS {self._find(args[0]).name} lrswipkxtecda")
        return "OK"

    def do_getacl(self, args) -> str:
        self.say(f"* ACL {self._find(args[0]).name} alice lrswipkxtecda")
        return "OK"

    def do_listrights(self, args) -> str:
        name, who = self._find(args[0]).name, args[1].decode()
        self.say(f'* LISTRIGHTS {name} {who} "" l r s w i p k x t e a c d')
        return "OK"

    def do_setacl(self, args) -> str:
        raise No("[NOPERM] rights are as they are")

    do_deleteacl = do_setacl

    # --- messages

    def _chosen(self, node, *, uid: bool) -> list[tuple[int, Mail]]:
        chosen = node.decode("latin-1")
        if chosen == "$":
            return [(n, m) for n, m in enumerate(self.view, 1) if m in self.saved]
        if not isinstance(node, Atom) or ranges(chosen, 1) is None:
            raise Bad
        if uid:
            top = max((mail.uid for mail in self.view), default=0)
            return [(n, m) for n, m in enumerate(self.view, 1) if inside(m.uid, chosen, top)]
        spans = ranges(chosen, len(self.view)) or ()
        if any(high > len(self.view) or low < 1 for low, high in spans):
            raise Bad
        return [(n, m) for n, m in enumerate(self.view, 1) if inside(n, chosen, len(self.view))]

    def do_fetch(self, args, uid: bool) -> str:
        chosen = self._chosen(args[0], uid=uid)
        nodes = args[1] if isinstance(args[1], tuple) else args[1:2]
        names = [node.decode("latin-1") for node in nodes]
        if len(names) == 1 and names[0].upper() in _MACROS:
            names = list(_MACROS[names[0].upper()])
        modifiers = [m for m in args[2:] if isinstance(m, tuple)]
        words = modifiers[0] if modifiers else ()
        if words and words[0].upper() == b"CHANGEDSINCE":
            since = int(words[1])
            self.enabled.add("CONDSTORE")
            chosen = [(n, m) for n, m in chosen if m.modseq > since]
            if "MODSEQ" not in (name.upper() for name in names):
                names.append("MODSEQ")
            if len(words) > 2:
                if "QRESYNC" not in self.enabled or not uid:
                    raise Bad
                self._earlier(self.box, since, args[0].decode())
        if "MODSEQ" in (name.upper() for name in names):
            self.enabled.add("CONDSTORE")
        if uid and "UID" not in (name.upper() for name in names):
            names.insert(0, "UID")
        for number, mail in chosen:
            if not (mail.gone and self.has("tells no removal, hides it")):
                self._fetch(number, mail, names)
        return "OK"

    def _fetch(self, number: int, mail: Mail, names: list[str]) -> None:
        seen = any(re.match(r"(?i)(BODY|BINARY)\[|RFC822(\.TEXT)?\Z", name) for name in names)
        told = list(names)
        if seen and not self.read_only and "\\Seen" not in mail.flags and not mail.gone:
            mail.flags.add("\\Seen")
            mail.modseq = self.box.step()
            self.server.changed(self.box, self)
            if "FLAGS" not in (name.upper() for name in names):
                told.append("FLAGS")
        words = [self._item(mail, name) for name in told]
        if any(w.startswith(b"FLAGS ") for w in words):
            if self.enabled & {"CONDSTORE", "QRESYNC"} and seen and not self._asks(names, "MODSEQ"):
                words.append(b"MODSEQ (%d)" % mail.modseq)
            if self.enabled & {"CONDSTORE", "QRESYNC"} or self.told.get(mail.uid) == mail.modseq:
                pass
            if not self.enabled & {"CONDSTORE", "QRESYNC"} or any(
                w.startswith(b"MODSEQ") for w in words
            ):
                self.told[mail.uid] = mail.modseq
        self._announce()
        self.say(b"* %d FETCH (%s)" % (number, b" ".join(words)))

    @staticmethod
    def _asks(names: list[str], item: str) -> bool:
        return item in (name.upper() for name in names)

    def _seen_flags(self, mail: Mail) -> set[str]:
        if self.has("tells no flags") and self.serial % 2:
            return self.memory.setdefault(mail.uid, set(mail.flags))
        return mail.flags

    def _bent_header(self, header: bytes) -> bytes:
        bent = self.fault.header if self.fault is not None else None
        return bent(header) if bent is not None else header

    def _item(self, mail: Mail, asked: str) -> bytes:
        name = asked.upper()
        simple = {
            "FLAGS": lambda: b"(" + " ".join(sorted(self._seen_flags(mail))).encode() + b")",
            "UID": lambda: b"%d" % mail.uid,
            "INTERNALDATE": lambda: b'"' + mail.date.encode() + b'"',
            "RFC822.SIZE": lambda: b"%d" % len(mail.octets),
            "ENVELOPE": lambda: envelope(self._bent_header(tree(mail.octets).header)),
            "BODYSTRUCTURE": lambda: structure(tree(mail.octets), extended=True),
            "BODY": lambda: structure(tree(mail.octets), extended=False),
            "MODSEQ": lambda: b"(%d)" % mail.modseq,
            "RFC822": lambda: string(mail.octets),
            "RFC822.HEADER": lambda: string(tree(mail.octets).header),
            "RFC822.TEXT": lambda: string(tree(mail.octets).body),
        }
        if name in simple:
            return name.encode() + b" " + simple[name]()
        match = _BODY.match(name)
        if match is None:
            raise Bad
        kind, _, section, start, length = match.groups()
        shown = item_name(f"{kind}[{section}]".encode())
        if kind.startswith("BINARY"):
            octets = decoded(mail.octets, section) if section else mail.octets
            if kind == "BINARY.SIZE":
                return f"{shown} {len(octets or b'')}".encode()
        else:
            octets = text(mail.octets, section)
        if start is not None:
            shown += f"<{start}>"
            if octets is not None:
                octets = octets[int(start) : int(start) + int(length)]
        if octets is not None and b"\0" in octets:
            return f"{shown} ~{{{len(octets)}}}\r\n".encode() + octets
        return shown.encode() + b" " + string(octets)

    def do_store(self, args, uid: bool) -> str:
        if self.read_only:
            raise No("it is read-only")
        chosen = self._chosen(args[0], uid=uid)
        rest = list(args[1:])
        since = None
        if isinstance(rest[0], tuple):
            if rest[0][0].upper() != b"UNCHANGEDSINCE":
                raise Bad
            since = int(rest.pop(0)[1])
            self.enabled.add("CONDSTORE")
        how = rest[0].decode().upper()
        if how.removesuffix(".SILENT") not in ("FLAGS", "+FLAGS", "-FLAGS"):
            raise Bad
        nodes = rest[1] if isinstance(rest[1], tuple) else rest[1:]
        flags = {_flag(flag) for flag in nodes}
        modified, missing = [], False
        for number, mail in chosen:
            if mail.gone:
                missing = True
                continue
            if since is not None and mail.modseq > since:
                modified.append(mail.uid if uid else number)
                continue
            self._change(mail, how, flags)
            with_uid = uid or "QRESYNC" in self.enabled
            if not how.endswith(".SILENT"):
                self._flags(number, mail, uid=with_uid)
                continue
            self.told[mail.uid] = mail.modseq
            if self.enabled & {"CONDSTORE", "QRESYNC"}:
                shown = f"UID {mail.uid} " if with_uid else ""
                self.say(f"* {number} FETCH ({shown}MODSEQ ({mail.modseq}))")
        self.box.learn(flags)
        self.server.changed(self.box, self)
        if modified:
            return f"OK [MODIFIED {','.join(map(str, modified))}] some are not stored"
        if missing:
            return "NO [EXPUNGEISSUED] some are gone"
        return "OK"

    def _change(self, mail: Mail, how: str, flags: set[str]) -> None:
        before = set(mail.flags)
        if how.startswith("+"):
            mail.flags |= flags
        elif how.startswith("-"):
            mail.flags -= flags
        else:
            mail.flags = set(flags)
        self.box.learn(flags)
        if self.has("loses an update" if how.startswith("+") else "loses a removal of a flag"):
            mail.flags = before
        mail.modseq = self.box.step()

    def do_expunge(self, args, uid: bool) -> str:
        if self.read_only:
            raise No("it is read-only")
        chosen = [m for _, m in self._chosen(args[0], uid=True)] if uid else list(self.box.mails)
        for mail in [m for m in chosen if not m.gone and "\\Deleted" in m.flags]:
            if self.has("keeps a message"):
                if mail in self.view:
                    self.say(f"* {self.view.index(mail) + 1} EXPUNGE")
                    self.view.remove(mail)
                continue
            self.memory.setdefault("removed", set()).add(mail.uid)
            self.box.remove(mail)
        if self.has("tells more removals") and self.view and not self.view[0].gone:
            self.say("* 1 EXPUNGE")
            del self.view[0]
        self.server.changed(self.box, self)
        return "OK"

    def _copy(self, args, uid: bool):
        chosen = self._chosen(args[0], uid=uid)
        target = self._find(args[1], create=True)
        if any(mail.gone for _, mail in chosen):
            raise No("[EXPUNGEISSUED] some are gone")
        made = [(m, target.add(m.octets, m.flags, m.date)) for _, m in chosen]
        self.server.changed(target, self)
        code = ""
        if made:
            old = ",".join(str(mail.uid) for mail, _ in made)
            new = ",".join(str(mail.uid) for _, mail in made)
            code = f"[COPYUID {target.validity} {old} {new}]"
        return [mail for mail, _ in made], code

    def do_copy(self, args, uid: bool) -> str:
        _, code = self._copy(args, uid)
        return f"OK {code} copied" if code else "OK"

    def do_move(self, args, uid: bool) -> str:
        if self.read_only:
            raise No("it is read-only")
        moved, code = self._copy(args, uid)
        if code:
            self.say(f"* OK {code} moved")
        for mail in moved:
            if not (self.has("moves and keeps") and mail is moved[0]):
                self.memory.setdefault("removed", set()).add(mail.uid)
                self.box.remove(mail)
        self.server.changed(self.box, self)
        return "OK"

    def do_search(self, args, uid: bool) -> str:
        return self._find_messages(list(args), uid, "SEARCH")

    def do_sort(self, args, uid: bool) -> str:
        return self._find_messages(list(args), uid, "SORT")

    def _find_messages(self, args, uid: bool, name: str) -> str:
        wanted = None
        if args[0].upper() == b"RETURN" if isinstance(args[0], bytes) else False:
            if name == "SORT":
                raise Bad
            wanted = [word.decode().upper() for word in args[1]]
            del args[:2]
        criteria = None
        if name == "SORT":
            criteria = args.pop(0)
            args.pop(0)
        elif isinstance(args[0], bytes) and args[0].upper() == b"CHARSET":
            del args[:2]
        search = Search(self.view, self.saved)
        found = search.run(args)
        found = [mail for mail in found if not mail.gone]
        if search.modseq:
            self.enabled.add("CONDSTORE")
        if criteria is not None:
            found = ordered(found, self.view, criteria)
        numbers = [m.uid if uid else self.view.index(m) + 1 for m in found]
        if wanted is None:
            modseq = ""
            if search.modseq and found:
                modseq = f" (MODSEQ {max(mail.modseq for mail in found)})"
            self.say(" ".join([f"* {name}", *map(str, numbers)]) + modseq)
            return "OK"
        if "SAVE" in wanted:
            self._save(wanted, found)
        if wanted != ["SAVE"]:
            self._esearch([word for word in wanted if word != "SAVE"] or ["ALL"], numbers, uid)
        return "OK"

    def _save(self, wanted: list[str], found: list[Mail]) -> None:
        # RFC 5182 section 2.1: with MIN or MAX alone, only these are saved.
        ends = [word for word in ("MIN", "MAX") if word in wanted]
        if ends and not {"ALL", "COUNT"} & set(wanted):
            picked = {"MIN": found[:1], "MAX": found[-1:]}
            found = [mail for word in ends for mail in picked[word]]
        self.saved = found

    def _esearch(self, wanted: list[str], numbers: list[int], uid: bool) -> None:
        words = [f'(TAG "{self.command.tag.decode()}")'] + (["UID"] if uid else [])
        if numbers and "MIN" in wanted:
            words.append(f"MIN {min(numbers)}")
        if numbers and "MAX" in wanted:
            words.append(f"MAX {max(numbers)}")
        if "COUNT" in wanted:
            words.append(f"COUNT {len(numbers)}")
        if numbers and "ALL" in wanted:
            words.append("ALL " + ",".join(map(str, numbers)))
        self.say("* ESEARCH " + " ".join(words))


def _flag(node) -> str:
    flag = node.decode()
    for system in SYSTEM:
        if flag.lower() == system.lower():
            return system
    if flag.startswith("\\") or not isinstance(node, Atom):
        raise Bad
    return flag


def _status(box: Mailbox, name: str) -> int:
    return {
        "MESSAGES": lambda: len(box.mails),
        "RECENT": lambda: 0,
        "UIDNEXT": lambda: box.uidnext,
        "UIDVALIDITY": lambda: box.validity,
        "UNSEEN": lambda: sum("\\Seen" not in mail.flags for mail in box.mails),
        "HIGHESTMODSEQ": lambda: box.modseq,
    }[name]()


def _pattern(text: str):
    expression = "".join({"*": ".*", "%": "[^/]*"}.get(c, re.escape(c)) for c in text)
    compiled = re.compile(expression, re.IGNORECASE if text.upper().startswith("INBOX") else 0)
    return lambda name: compiled.fullmatch(name) is not None
