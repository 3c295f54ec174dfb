"""The ABNF files hold together: they parse, define each rule once, and say what they mean."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from conformance.grammar import check_response, dialect, library
from conformance.grammar.compose import compose
from conformance.grammar.cutter import cut
from conformance.grammar.describe import explain
from conformance.grammar.dialect import CLIENT, SERVER
from conformance.grammar.matcher import match
from conformance.grammar.network import Network
from conformance.grammar.nodes import references

OTHER_PROTOCOLS = {"rfc1939", "rfc2449", "rfc6856", "rfc5321"}
BASES = ("core", "rfc3501", "rfc9051", "frame")
IMAP = [name for name in library.names() if name not in OTHER_PROTOCOLS]
EXTENSIONS = [name for name in IMAP if name not in BASES]

ANNOUNCED = """
ACL ANNOTATE-EXPERIMENT-1 APPENDLIMIT BINARY CATENATE CHILDREN COMPRESS=DEFLATE CONDSTORE
CONTEXT=SEARCH CONTEXT=SORT CONVERT CREATE-SPECIAL-USE ENABLE ESEARCH ESORT FILTERS I18NLEVEL=1
I18NLEVEL=2 ID IDLE LANGUAGE LIST-EXTENDED LIST-METADATA LIST-MYRIGHTS LIST-STATUS LITERAL+
LITERAL- LOGIN-REFERRALS MAILBOX-REFERRALS MESSAGELIMIT=100 SAVELIMIT=100 METADATA
METADATA-SERVER MOVE MULTIAPPEND MULTISEARCH NAMESPACE NOTIFY OBJECTID PARTIAL PREVIEW QRESYNC
QUOTA QUOTASET QUOTA=RES-STORAGE REPLACE RIGHTS=TEXK SASL-IR SAVEDATE SEARCH=FUZZY SEARCHRES SORT
SORT=DISPLAY SPECIAL-USE STATUS=SIZE THREAD=ORDEREDSUBJECT THREAD=REFERENCES UIDONLY UIDPLUS
UNAUTHENTICATE UNSELECT URLAUTH URLAUTH=BINARY UIDBATCHES WITHIN INPROGRESS JMAPACCESS
"""


@pytest.fixture(scope="module")
def definitions():
    """Rule name -> the files that define it, each with whether it only adds alternatives."""
    found = defaultdict(list)
    for name in IMAP:
        for rule in library.load(name).rules:
            found[rule.name.lower()].append((name, rule.incremental))
    return found


@pytest.mark.parametrize(
    "name", [name for name in library.names() if name not in ("core", "frame")]
)
def test_the_head_says_which_rfc_it_is(name):
    head = library.load(name).head
    assert f"rfc{head['rfc']}" == name
    assert head["title"]
    assert re.fullmatch(r"[0-9A-Z.]+(, [0-9A-Z.]+)*", head["sections"])
    for errata in re.findall(r"^; Errata: (.*)$", source(name), re.MULTILINE):
        assert re.fullmatch(r"\d{1,5} \((applied|no change of syntax): .+\)", errata)


@pytest.mark.parametrize("name", library.names())
def test_every_rule_says_its_section(name):
    text = source(name)
    if name != "frame":
        assert text.index("; Section:") < re.search(r"^[A-Za-z]", text, re.MULTILINE).start()
    for section in re.findall(r"^; Section: (.*)$", text, re.MULTILINE):
        assert re.fullmatch(r"(RFC\d+:)?[0-9A-Z](\.?[0-9]+)*", section), section


@pytest.mark.parametrize("name", library.names())
def test_a_parser_by_other_people_reads_it_too(name):
    abnf = pytest.importorskip("abnf.parser")
    abnf.ABNFGrammarRule("rulelist").parse_all(source(name).replace("\n", "\r\n"))


def test_each_rule_is_defined_once_outside_the_bases(definitions):
    twice = {
        name: files
        for name, places in definitions.items()
        if len(files := [f for f, adds in places if not adds and f not in BASES]) > 1
    }
    assert not twice


def test_no_extension_replaces_a_rule_of_imap4rev1(definitions):
    base = {rule.name.lower() for rule in library.load("rfc3501").rules}
    for name in EXTENSIONS:
        for rule in library.load(name).rules:
            assert rule.incremental or rule.name.lower() not in base, f"{name}: {rule.name}"


@pytest.mark.parametrize("name", IMAP)
def test_every_rule_that_is_referred_to_is_defined(name, definitions):
    for rule in library.load(name).rules:
        missing = [other for other in references(rule.node) if other not in definitions]
        assert not missing, f"{rule.name} refers to {missing}"


def test_every_rule_of_an_extension_can_come_in_a_frame():
    reached = set()
    for root in (SERVER, CLIENT):
        for grammar in dialect().grammars(root):
            reached.update(grammar.reachable(root))
    for name in EXTENSIONS:
        lost = [r.name for r in library.load(name).rules if r.name.lower() not in reached]
        assert not lost, f"{name}: nothing leads to {lost}"


@pytest.mark.parametrize("name", [name for name in library.names() if name != "frame"])
def test_every_rule_is_explained_with_its_section(name):
    for rule in library.load(name).rules:
        places = [text.section for text in explain(rule.name)]
        assert rule.section in places
        assert re.fullmatch(r"RFC\d+:[0-9A-Z.]+", rule.section), rule.section


def test_no_rule_leads_back_to_itself_at_its_left_edge():
    grammar = dialect().grammars(SERVER)[0]
    Network(grammar, SERVER)
    for name, rule in grammar.rules.items():
        first = rule.node
        while hasattr(first, "items"):
            first = first.items[0]
        assert getattr(first, "name", "").lower() != name, rule.name


@pytest.mark.parametrize("word", ANNOUNCED.split())
def test_each_capability_brings_its_syntax(word):
    assert set(dialect({"IMAP4REV1", word}).files) > set(dialect({"IMAP4REV1"}).files)


@pytest.mark.parametrize("name", EXTENSIONS)
def test_an_extension_composes_with_either_base(name):
    file = library.load(name)
    words = {word.replace("*", "1") for word in file.capabilities}
    for base in ("IMAP4REV1", "IMAP4REV2"):
        spoken = dialect({base, *words}, file.enable)
        assert name in spoken.files
        for root in (SERVER, CLIENT):
            assert spoken.networks(root, strict=True)


def source(name: str) -> str:
    return (Path(library.__file__).parent / "abnf" / f"{name}.abnf").read_text(encoding="ascii")


# -- samples --


def samples() -> dict[str, tuple[frozenset[str], list[tuple[str, str]]]]:
    found = {}
    text = (Path(__file__).parent / "abnf_samples.txt").read_text(encoding="ascii")
    for part in re.split(r"^# ", text, flags=re.MULTILINE)[1:]:
        head, *lines = part.splitlines()
        name, *words = head.split()
        found[name] = (frozenset(words), [(line[:2], line[3:]) for line in lines])
    return found


SAMPLES = samples()


def octets(text: str) -> bytes:
    frame = text.replace("<CRLF>", "\r\n").encode("ascii") + b"\r\n"
    return re.sub(rb"<([0-9A-F]{2})>", lambda found: bytes([int(found[1], 16)]), frame)


def accepted(side: str, frame: bytes, spoken) -> bool:
    """By the exact matcher, which decides; the fast path is held against it elsewhere."""
    root = SERVER if side == "S" else CLIENT
    cut_out = cut(frame).octets
    return any(match(network, cut_out) is None for network in spoken.networks(root, strict=True))


def test_every_extension_has_samples_of_both_kinds():
    for name in EXTENSIONS:
        marks = [mark[1] for mark, _ in SAMPLES[name][1]]
        assert marks.count(":") >= 2, name
        assert marks.count("!") >= 1, name


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("base", ["IMAP4REV1", "IMAP4REV2"])
def test_samples_are_accepted_or_not(name, base):
    words, lines = SAMPLES[name]
    spoken = dialect({base, *words}, library.load(name).enable)
    wrong = [
        f"{mark} {text}"
        for mark, text in lines
        if accepted(mark[0], octets(text), spoken) != (mark[1] == ":")
        and not (mark[1] == "!" and base == "IMAP4REV2" and template(text))
    ]
    assert not wrong


def template(text: str) -> bool:
    """Tell whether RFC 9051's templates for search options to come let ``text`` pass."""
    return "RETURN (PARTIAL" in text or "ESEARCH UID (TAG" in text


LEGAL_ANYWHERE = {"rfc2221", "rfc3348", "rfc9585"}
"""They only name response codes or attributes, and unknown ones are legal."""


@pytest.mark.parametrize("name", sorted(set(SAMPLES) - LEGAL_ANYWHERE))
def test_samples_need_their_extension(name):
    """Without any extension, at least one sample of each file is refused."""
    plain = dialect({"IMAP4REV1"})
    if name in plain.files:
        return  # it belongs to every dialect
    good = [(mark[0], octets(text)) for mark, text in SAMPLES[name][1] if mark[1] == ":"]
    refused = [frame for side, frame in good if not accepted(side, frame, plain)]
    assert refused
    for frame in (frame for side, frame in good if side == "S" and frame in refused):
        assert {v.kind for v in check_response(frame, plain)} <= {"extension", "strict", "quirk"}, (
            frame
        )


# -- other protocols --

POP3 = ("core", "rfc1939", "rfc2449", "rfc6856")
SMTP = ("core", "rfc5321")

OTHERS = [
    (POP3, "single-line", b"+OK\r\n", True),
    (POP3, "single-line", b"+OK maildrop has 1 message (120 octets)\r\n", True),
    (POP3, "single-line", b"-ERR [IN-USE] Do you have another POP session running?\r\n", True),
    (
        POP3,
        "single-line",
        b"-ERR [LOGIN-DELAY] minimum time between mail checks violation\r\n",
        True,
    ),
    (POP3, "single-line", b"-ERR [SYS/TEMP] wait\r\n", True),
    (POP3, "single-line", b"-ERR [IN-USE Do you\r\n", False),
    (POP3, "single-line", b"+OKAY\r\n", False),
    (POP3, "single-line", b"ERR no\r\n", False),
    (POP3, "single-line", b"+OK \xc3\xa4\r\n", False),
    (POP3, "greeting", b"+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>\r\n", True),
    (POP3, "greeting", b"-ERR busy\r\n", False),
    (POP3, "stat-reply", b"+OK 2 320\r\n", True),
    (POP3, "stat-reply", b"+OK two messages\r\n", False),
    (POP3, "list-reply", b"+OK 2 messages (320 octets)\r\n1 120\r\n2 200\r\n.\r\n", True),
    (POP3, "list-reply", b"+OK 0 messages\r\n.\r\n", True),
    (POP3, "list-reply", b"+OK\r\n1  120\r\n.\r\n", False),
    (POP3, "list-reply", b"+OK\r\n0 120\r\n.\r\n", False),
    (POP3, "list-one-reply", b"+OK 2 200\r\n", True),
    (POP3, "list-one-reply", b"-ERR no such message, only 2 messages in maildrop\r\n", True),
    (POP3, "list-one-reply", b"+OK 2\r\n", False),
    (
        POP3,
        "uidl-reply",
        b"+OK\r\n1 whqtswO00WBw418f9t5JxYwZ\r\n2 QhdPYR:00WBw1Ph7x7\r\n.\r\n",
        True,
    ),
    (POP3, "uidl-reply", b"+OK\r\n1 " + b"x" * 71 + b"\r\n.\r\n", False),
    (POP3, "uidl-one-reply", b"+OK 2 QhdPYR:00WBw1Ph7x7\r\n", True),
    (POP3, "uidl-one-reply", b"+OK 2\r\n", False),
    (POP3, "retr-reply", b"+OK 120 octets\r\nSubject: x\r\n\r\n..dot\r\nb\xc3\xa4\r\n.\r\n", True),
    (POP3, "retr-reply", b"+OK 120 octets\r\n.x\r\n..\r\n.\r\n", True),
    (POP3, "retr-reply", b"+OK\r\na\nb\r\n.\r\n", False),
    (POP3, "top-reply", b"-ERR no such message\r\n", True),
    (POP3, "top-reply", b"+OK\r\n", False),
    (
        POP3,
        "capa-reply",
        b"+OK Capability list follows\r\nTOP\r\nSASL PLAIN SCRAM-SHA-1\r\nEXPIRE 60\r\n.\r\n",
        True,
    ),
    (POP3, "capa-reply", b"+OK\r\nTOP \r\n.\r\n", False),
    (POP3, "capa-reply", b"+OK\r\n\r\n.\r\n", False),
    (
        POP3,
        "lang-list-reply",
        b"+OK Language listing follows:\r\nen English\r\nen-boont x\r\n.\r\n",
        True,
    ),
    (POP3, "lang-reply", b"+OK es Idioma cambiado \xc3\xb1\r\n", True),
    (POP3, "lang-reply", b"-ERR es Idioma <<UGA>> no es conocido\r\n", True),
    (POP3, "lang-reply", b"+OK es\r\n", False),
    (POP3, "utf8-reply", b"+OK UTF8 enabled\r\n", True),
    (POP3, "utf8-reply", b"+OK \xff\r\n", False),
    (POP3, "pop-command", b"APOP mrose c4c9334bac560ecc979e58001b3e22fb\r\n", True),
    (POP3, "pop-command", b"TOP 1 10\r\n", True),
    (POP3, "pop-command", b"PASS with a space\r\n", True),
    (POP3, "pop-command", b"TOP 1\r\n", False),
    (POP3, "pop-command", b"RETR 0\r\n", False),
    (POP3, "lang-command", b"LANG *\r\n", True),
    (POP3, "utf8-command", b"UTF8 USER\r\n", False),
    (POP3, "command", b"AUTH PLAIN\r\n", True),
    (POP3, "command", b"QU\r\n", False),
    (SMTP, "greeting", b"220 foo.com Simple Mail Transfer Service Ready\r\n", True),
    (SMTP, "greeting", b"220-mail.example.com ESMTP\r\n220-rules\r\n220 go\r\n", True),
    (SMTP, "greeting", b"220 [192.0.2.1] ready\r\n", True),
    (SMTP, "greeting", b"220 [IPv6:2001:db8::1] ready\r\n", True),
    (SMTP, "greeting", b"220\r\n", False),
    (SMTP, "greeting", b"220 bad_host ready\r\n", False),
    (
        SMTP,
        "ehlo-ok-rsp",
        b"250-foo.com greets bar.com\r\n250-8BITMIME\r\n250-SIZE 1000\r\n250 HELP\r\n",
        True,
    ),
    (SMTP, "ehlo-ok-rsp", b"250-foo.com\r\n250-AUTH=PLAIN\r\n250 HELP\r\n", False),
    (SMTP, "ehlo-ok-rsp", b"250-foo.com\r\n", False),
    (SMTP, "reply-line", b"250 OK\r\n", True),
    (SMTP, "reply-line", b"354 Start mail input; end with <CRLF>.<CRLF>\r\n", True),
    (SMTP, "reply-line", b"250-one\r\n250-\r\n250 two\r\n", True),
    (SMTP, "reply-line", b"550\r\n", True),
    (SMTP, "reply-line", b"450 Mailbox locked\n", False),
    (SMTP, "reply-line", b"150 early\r\n", False),
    (SMTP, "reply-line", b"260 \xc3\xa4\r\n", False),
    (SMTP, "smtp-command", b"EHLO bar.com\r\n", True),
    (SMTP, "smtp-command", b"LHLO bar.com\r\n", True),
    (SMTP, "smtp-command", b"MAIL FROM:<Smith@bar.com> SIZE=100 BODY=8BITMIME\r\n", True),
    (SMTP, "smtp-command", b"MAIL FROM:<>\r\n", True),
    (SMTP, "smtp-command", b'RCPT TO:<"a b"@[192.0.2.1]>\r\n', True),
    (SMTP, "smtp-command", b"RCPT TO:<Postmaster>\r\n", True),
    (SMTP, "smtp-command", b"RCPT TO: <a@bar.com>\r\n", False),
    (SMTP, "smtp-command", b"MAIL FROM:Smith@bar.com\r\n", False),
    (SMTP, "smtp-command", b"VRFY Smith\r\n", True),
    (SMTP, "smtp-command", b"QUIT now\r\n", False),
]


@pytest.mark.parametrize(("files", "root", "frame", "right"), OTHERS)
def test_other_protocols(files, root, frame, right):
    grammar = compose([library.load(name) for name in files], framed=False)
    network = Network(grammar, root)
    assert (match(network, frame) is None) == right
