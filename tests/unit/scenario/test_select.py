import pytest

from conformance.scenario.select import SelectionError, find, parse_tags, word_for

SCENARIO = "scenario: T\nrules: [{}]\ntags: [{}]\nactors: {{a: }}\nsteps:\n- a: NOOP\n  rule: {}\n"
NEEDS = "scenario: T\nneeds: [{}]\nactors: {{a: }}\nsteps:\n- a: NOOP\n  if: {}\n"


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, rules, tags, rule in (
        ("devices/star", "RFC9051:7.5.1", "idle, flags", "RFC2177:3"),
        ("devices/move", "RFC6851:3.3", "slow", "RFC9051:7.5.10"),
        ("pop3", "RFC1939:6", "pop3", "RFC1939:6"),
    ):
        path = tmp_path / "root" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SCENARIO.format(rules, tags, rule))
    return tmp_path / "root"


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ([], "devices/move devices/star pop3"),
        (["devices"], "devices/move devices/star"),
        (["devices/star"], "devices/star"),
        (["root/pop3.yaml", "devices/star", "pop3"], "devices/star pop3"),
        (["root/devices"], "devices/move devices/star"),
        (["RFC9051:7.5.1"], "devices/star"),
        (["RFC9051:7.5"], "devices/move devices/star"),
        (["rfc1939"], "pop3"),
        (["RFC2177:3", "RFC1939:6"], "devices/star pop3"),
    ],
)
def test_words_name_paths_ids_and_rules(root, words, ids):
    found = find(words, root=root)

    assert [s.id for s in found.scenarios] == ids.split()
    assert found.problems == ()


def test_the_copies_of_a_run_are_no_scenarios(root):
    copies = root / "out" / "scenarios"
    copies.mkdir(parents=True)
    (copies / "copy.yaml").write_text((root / "pop3.yaml").read_text())
    assert len(find(["root"]).scenarios) == 4

    (root / "out" / "run.jsonl").touch()

    assert [s.id for s in find(["root"]).scenarios] == ["devices/move", "devices/star", "pop3"]
    assert [s.id for s in find([str(copies)]).scenarios] == ["copy"]


def test_capabilities_name_what_needs_them(root):
    (root / "needs.yaml").write_text(NEEDS.format("MOVE | IMAP4rev2", "UIDPLUS"))

    for word in ("MOVE", "imap4rev2", "UIDPLUS"):
        assert [s.id for s in find([word], root=root).scenarios] == ["needs"]
    assert [s.id for s in find(["pop3"], root=root).scenarios] == ["pop3"]  # there is such a file
    with pytest.raises(SelectionError, match="no scenario needs QUOTA"):
        find(["QUOTA"], root=root)


def test_each_is_found_again_by_its_own_word(root):
    """Bundled ones by their id, from anywhere; others by what they lie in, with their case."""
    (root / "own.yaml").write_text(
        "scenario: T\ncases:\n  one: {x: NOOP}\n  two: {x: CHECK}\nactors: {a: }\nsteps:\n- a: <x>\n"
    )
    bundled = find(["devices/appenduid-is-the-uid", "extensions/esearch-options"]).scenarios
    own = find(["root"]).scenarios

    assert [word_for(scenario) for scenario in bundled] == [scenario.id for scenario in bundled]
    assert [word_for(scenario) for scenario in own] == [
        "root/devices/move.yaml",
        "root/devices/star.yaml",
        "root/own.yaml[one]",
        "root/own.yaml[two]",
        "root/pop3.yaml",
    ]
    for scenario in (*bundled, *own):
        assert [s.file for s in find([word_for(scenario)]).scenarios] == [scenario.file]


def test_tags_choose_among_what_the_words_name(root):
    assert [s.id for s in find([], "not (slow or pop3)", root).scenarios] == ["devices/star"]
    assert find(["pop3"], "idle", root).scenarios == ()


@pytest.mark.parametrize(
    ("word", "message"),
    [
        (
            "devices/sta",
            "'devices/sta' is neither a file, a scenario's id nor a rule (did you mean ",
        ),
        ("RFC9051:7.6", "no scenario is about RFC9051:7.6"),
        ("empty", "there is no scenario in 'empty'"),
        ("x" * 5000, "'xxx"),
        ("a\0b", "'a\0b' is neither"),
    ],
)
def test_a_word_that_names_nothing_is_an_error(root, word, message):
    (root.parent / "empty").mkdir()

    with pytest.raises(SelectionError) as caught:
        find(["pop3", word], root=root)

    assert str(caught.value).startswith(message)


def test_an_empty_root_is_an_error(tmp_path):
    with pytest.raises(SelectionError, match="there is no scenario below"):
        find(root=tmp_path)


def test_broken_files_give_problems_once_and_stop_nothing(root):
    (root / "devices" / "bad.yaml").write_text("scenario: T\n")

    found = find(["devices", "root/devices/bad.yaml", "pop3"], root=root)

    assert [s.id for s in found.scenarios] == ["devices/move", "devices/star", "pop3"]
    assert [str(p) for p in found.problems] == [
        "root/devices/bad.yaml:1:1: 'actors' is missing",
        "root/devices/bad.yaml:1:1: 'steps' is missing",
    ]


def test_a_broken_file_does_not_concern_another_id(root):
    (root / "bad.yaml").write_text("scenario: T\n")

    assert find(["pop3"], root=root).problems == ()


def test_ids_count_below_a_folder_that_is_named(root):
    found = find(["root"])

    assert [s.id for s in found.scenarios] == ["devices/move", "devices/star", "pop3"]


def test_two_files_of_one_id_are_a_problem(root):
    (root / "star.yaml").write_text((root / "devices" / "star.yaml").read_text())

    found = find(["root/devices/star.yaml", "root/star.yaml", "./root/star.yaml"])

    assert [s.file for s in found.scenarios] == ["root/devices/star.yaml"]
    (problem,) = found.problems
    assert str(problem.place) == "root/star.yaml:1:1"
    assert problem.message.startswith("its id 'star' is that of root/devices/star.yaml too; ")


@pytest.mark.parametrize(
    ("expression", "tags", "holds"),
    [
        ("a", "a b", True),
        ("a and b", "a", False),
        ("a or b", "b", True),
        ("not a", "", True),
        ("a and not b or c", "c b", True),
        ("a and (b or c)", "a c", True),
        ("not (a or b) and c", "c a", False),
        ("not not two-devices", "two-devices", True),
    ],
)
def test_tag_expressions(expression, tags, holds):
    assert parse_tags(expression)(frozenset(tags.split())) is holds


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("a and", "a tag is missing before the end in 'a and'"),
        ("a b", "'b' in 'a b' stands where nothing was expected"),
        ("(a", "'(' in '(a' is not closed"),
        ("a)", "')' in 'a)' stands where"),
        ("a & b", "'& b' in 'a & b' is neither tag nor and, or, not"),
        ("(" * 51, "a tag expression has at most 1000 characters"),
        ("not " * 251, "a tag expression has at most 1000 characters"),
        ("or a", "a tag is missing before 'or' in 'or a'"),
    ],
)
def test_bad_tag_expressions(expression, message):
    with pytest.raises(SelectionError) as caught:
        parse_tags(expression)

    assert str(caught.value).startswith(message)
