"""Whatever a scenario may say, written and read again it says the same."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.scenario.loader import read
from conformance.scenario.model import (
    Actor,
    Branch,
    Expectations,
    Given,
    GivenMessage,
    Level,
    Pattern,
    Scenario,
    Step,
)
from conformance.scenario.words import (
    CLIENTS,
    EVERYONE,
    FOUND,
    LOGIN,
    NETWORK,
    PIECES,
    SERVER,
    SPEAKS,
    VERBS,
    VIA,
)
from conformance.scenario.writer import dump

ACTORS = ("phone", "laptop", "office-1")
MESSAGES = ("one", "two", "3.x")

# One line of anything YAML's hosts can hold: what the loader calls a text.
lines = st.text(
    st.characters(exclude_categories=["Cs", "Zl", "Zp"], exclude_characters="\r\n\x85"), min_size=1
)
words = st.lists(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=12
    ),
    min_size=1,
    max_size=30,
).map(" ".join)
tags = st.sampled_from(["idle", "flags", "two-devices", "a1"])
rules = st.lists(
    st.sampled_from(["RFC9051:7.5.1", "RFC2177:3", "RFC9051:A.1", "RFC3501:7.4.1/2"]),
    max_size=3,
).map(tuple)
capabilities = st.sampled_from(["IDLE", "pop3", "COMPRESS=DEFLATE", "LITERAL+", "IMAP4rev2"])
needs = st.lists(st.lists(capabilities, min_size=1, max_size=3).map(tuple), max_size=3).map(tuple)
references = st.sampled_from(["uid(one)", "seq(two)", "$x", "$_", "...", r"\$label1", "$Junk"])
atoms = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc", "Z"], exclude_characters='()"[]{}$~\\', max_codepoint=0x2FF
    ),
    min_size=1,
    max_size=8,
).filter(lambda word: word != "*")
strings = st.text(
    st.characters(exclude_categories=["Cs", "Zl", "Zp"], exclude_characters='"\\\r\n\x85')
).map('"{}"'.format)
items = st.recursive(
    st.one_of(references, atoms, strings, st.just("message(3.x)")),
    lambda inner: st.lists(inner, max_size=3).map(lambda found: f"({' '.join(found)})"),
    max_leaves=6,
)
patterns = st.lists(items, min_size=1, max_size=5).map(lambda found: Pattern(" ".join(found)))
ends = st.sampled_from(["OK", "NO | BAD", "any", "OK [APPENDUID $v $u]", "+OK"]).map(Pattern)
checks = st.sampled_from(["$a > $b", "uid(one) != 5", '$x = ": #"']).map(Pattern)


@st.composite
def expectations(draw, *, completes=True):
    levels = draw(st.lists(st.sampled_from(Level), unique=True))
    return Expectations(
        {level: tuple(draw(st.lists(patterns, min_size=1, max_size=3))) for level in levels},
        draw(st.none() | ends) if completes else None,
        draw(st.booleans()),
        draw(st.booleans()),
        tuple(draw(st.lists(checks, max_size=2))),
    )


durations = st.none() | st.integers(1, 10**7).map(lambda ms: round(ms * 0.001, 9))
commands = st.tuples(
    st.sampled_from(["NOOP", "UID STORE uid(one)", "sELECT", "X-" * 60, "X <flag>"]),
    strings | lines,
).map(lambda pair: f"{pair[0]} {pair[1]}")
ARGUMENTS = {
    "": "",
    "command": "message(one) message(3.x)",
    "raw": r'"a1 NOOP\r\n" message(two)',
    "actor": "phone",
    "actor duration": "laptop 300ms",
    "actor number": "phone 7",
}
# Every verb of the language, so that a new one is written and read here from its first day.
actions = st.one_of(
    st.tuples(st.just(""), commands),
    st.tuples(st.just(""), st.lists(commands, min_size=2, max_size=3).map("\n".join)),
    st.sampled_from([(verb, ARGUMENTS[known.argument]) for verb, known in VERBS.items()]).filter(
        lambda action: VERBS[action[0]].sees
    ),
)
pieces = st.sampled_from(["", "1", "4096", *PIECES])


def _sound(action):
    """Lines of anything may hold references; keep those that speak of nothing unknown."""
    from conformance.scenario.pattern import PatternError
    from conformance.scenario.template import Literal, Text, parse_command

    try:
        pieces = parse_command(action[1])
    except PatternError:
        return False
    names = [
        getattr(piece, "name", "one") for piece in pieces if not isinstance(piece, Text | Literal)
    ]
    literals = [p for p in pieces if isinstance(p, Literal) and not isinstance(p.content, bytes)]
    return not literals and set(names) <= {"x", *MESSAGES}


@st.composite
def steps(draw, actors=ACTORS):
    verb, command = draw(actions.filter(_sound))
    known = VERBS.get(verb)
    found = draw(expectations(completes=known is None or known.ends == "any"))
    if known is not None and known.ends == "BYE" and draw(st.booleans()):
        found = replace(found, ends=Pattern("BYE"))
    branches = draw(st.lists(words, unique=True, min_size=2, max_size=3) | st.just([]))
    return Step(
        actor=draw(st.sampled_from(actors)),
        verb=verb,
        command=command,
        expectations=found,
        either=tuple(Branch(name, draw(expectations())) for name in branches),
        behaviour=draw(lines) if branches and draw(st.booleans()) else "",
        within=draw(durations),
        needs=draw(needs),
        rules=draw(rules),
        note=draw(st.just("") | words),
        pieces=draw(pieces) if known is None or known.writes else "",
    )


outside = st.builds(
    Step,
    actor=st.just("server"),
    verb=st.sampled_from(list(SERVER)),
    note=st.just("") | words,
) | st.sampled_from(
    [
        Step("network", verb, ARGUMENTS[known.argument], rules=("RFC9051:7.5.1",))
        for verb, known in NETWORK.items()
    ]
    + [Step("everyone", verb) for verb in EVERYONE]
)


@st.composite
def together(draw):
    meetings = draw(st.integers(0, 2))
    lanes = []
    for actor in draw(st.permutations(ACTORS))[:2]:
        lane = draw(st.lists(steps(actors=(actor,)), min_size=1, max_size=2))
        lane += [Step(actor, "meets")] * meetings
        lanes.append(tuple(draw(st.permutations(lane))))
    return Step(
        together=tuple(lanes),
        times=draw(st.sampled_from([1, 7])),
        needs=draw(needs),
        note=draw(st.just("") | words),
        rules=draw(rules),
    )


others = st.builds(
    Actor,
    st.just("other"),
    st.sampled_from(SPEAKS),
    st.sampled_from(["alice", "carol.2"]),
    st.sampled_from(VIA),
) | st.one_of(
    st.builds(Actor, st.just("other"), login=st.sampled_from(LOGIN)),
    st.builds(
        Actor,
        st.just("other"),
        via=st.sampled_from(["plain", "tls"]),
        client=st.sampled_from(CLIENTS),
    ),
)


@st.composite
def givens(draw):
    names = list(MESSAGES)
    boxes = []
    for user in ("", "bob"):
        for mailbox in draw(st.lists(lines, unique=True, max_size=2)):
            count = draw(st.integers(0, len(names)))
            found = tuple(
                GivenMessage(
                    names.pop(),
                    draw(st.sampled_from(["", "plain.eml"])),
                    draw(st.sampled_from(["", r"\Seen", r"\Seen $Junk ü:{"[:9]])),
                    draw(st.sampled_from(["", "17-Jul-2026 02:44:25 +0200"])),
                )
                for _ in range(count)
            )
            if mailbox != "bob":
                boxes.append(Given(mailbox, found, user))
    if names:
        boxes.insert(0, Given("the rest", tuple(GivenMessage(name) for name in names)))
        boxes = [
            box
            for at, box in enumerate(boxes)
            if not at or (box.mailbox, box.user) != ("the rest", "")
        ]
    return tuple(boxes)


scenarios = st.builds(
    Scenario,
    id=st.just("x"),
    title=lines,
    why=st.just("") | words,
    rules=rules,
    needs=needs,
    tags=st.lists(tags, max_size=3).map(tuple),
    actors=others.map(
        lambda other: (
            Actor("phone"),
            Actor("laptop", "pop3", "bob", "tls"),
            Actor("office-1", "imap", "alice", "starttls", "", "SCRAM-SHA-256"),
            other,
        )
    ),
    messages=st.sampled_from([{}, {"reply": "plain.eml", "big": "ten-megabytes.eml"}]),
    given=givens(),
    cases=st.sampled_from([{}, {"one": {"flag": r"\Seen"}, "two.2": {"flag": "a: {b}"}}]),
    begins=st.sampled_from(["", "first"]),
    steps=st.lists(st.one_of(steps(), outside, together()), min_size=1, max_size=5).map(tuple),
    found=st.dictionaries(st.sampled_from(list(FOUND)), lines, max_size=3),
)


@settings(deadline=None, max_examples=40)
@given(scenarios)
def test_what_is_written_reads_back_the_same(tmp_path_factory, scenario):
    folder = tmp_path_factory.getbasetemp()
    (folder / "plain.eml").touch()
    (folder / "first.yaml").write_text("scenario: F\nactors: {first: }\nsteps: [first: NOOP]\n")

    text = dump(scenario)
    again = read(text, "x.yaml", "x", [folder], folder)

    assert again == scenario
    assert dump(again) == text
