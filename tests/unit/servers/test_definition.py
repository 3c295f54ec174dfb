"""server.toml: what is right is read, what is wrong is named with file and key."""

import pytest

from conformance.servers.base import Credentials, ServerError
from conformance.servers.catalog import definition, definitions
from conformance.servers.server_toml import DefinitionError, read_definition

GOOD = """
name = "acme"
ports = { imap = 1143, imaps = 1993 }

[users]
password = "geheim"
admin = { user = "root", password = "x" }

[offers]
capabilities = ["IDLE"]

[limits]
memory = "512m"
tmpfs = { "/run" = "size=1m" }

[variants]
big = { SIZE = "big" }

[[build]]
version = "2.4.1"
suite = "trixie"
args = { SERIES = "2.4" }

[[build]]
version = "2.4.10"
capabilities = ["NOTIFY"]

[[build]]
version = "2.3"
suite = "bookworm"
"""


@pytest.fixture
def read(vendor_folder):
    return lambda text: read_definition(vendor_folder(text) / "acme")


def test_what_is_said_is_read(read):
    acme = read(GOOD)
    assert acme.ports == {"imap": 1143, "imaps": 1993}
    assert acme.password == "geheim"
    assert acme.admin == Credentials("root", "x")
    assert acme.limits.memory == "512m"
    assert acme.limits.tmpfs == {"/run": "size=1m"}
    assert acme.limits.pids == 2000
    assert acme.variants == {"big": {"SIZE": "big"}}
    assert acme.with_build(acme.build("2.4.10")).capabilities == {"IDLE", "NOTIFY"}


@pytest.mark.parametrize(
    ("wanted", "version"),
    [
        ("", "2.4.1"),  # the first of all
        ("2.4", "2.4.1"),  # the first that starts so
        ("2.4.1", "2.4.1"),  # exactly, though 2.4.10 starts so, too
        ("2.4.10", "2.4.10"),
        ("2", "2.4.1"),
        ("bookworm", "2.3"),
    ],
)
def test_a_build_is_found(read, wanted, version):
    assert read(GOOD).build(wanted).version == version


@pytest.mark.parametrize("wanted", ["2.5", "2.", "2.4.", "sid", "3"])
def test_a_build_that_is_not_there(read, wanted):
    with pytest.raises(ServerError, match=f"no build '{wanted}' of acme") as caught:
        read(GOOD).build(wanted)
    assert caught.value.hint == "there are 2.4.1 (trixie), 2.4.10, 2.3 (bookworm)"


PORTS = "ports = { imap = 143 }\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = [", "server.toml: "),
        ("", r"\[ports\] needs imap or imaps"),
        ("ports = { pop3 = 110 }", r"\[ports\] needs imap or imaps"),
        ("ports = { imap = 143, http = 80 }", "not 'http'"),
        ("ports = { imap = '143' }", "imap must be a port number, not '143'"),
        ("ports = { imap = 0 }", "must be a port number, not 0"),
        ("ports = { imap = true }", "must be a port number, not True"),
        ("port = { imap = 143 }\n" + PORTS, "unknown key 'port'"),
        ("name = 'Acme Mail'\n" + PORTS, "'name' is made of"),
        ("name = 7\n" + PORTS, "'name' must be a string, not 7"),
        (PORTS + "users = { passwort = 'x' }", "unknown key 'users.passwort'"),
        (PORTS + "users = { admin = { user = 'x' } }", "'admin' needs exactly"),
        (PORTS + "users = { accounts = { bob = 'x' } }", "'bob' needs exactly"),
        (PORTS + "users = { name = 'u{nobody}' }", "'name' of .users. may hold"),
        (PORTS + "users = { name = 'u-{user}' }", "'name' of .users. needs {scope}"),
        (PORTS + "log = { crashes = ['('] }", r"'\(' is no regular expression"),
        (PORTS + "log = { crashes = 'x' }", "'crashes' must be a list"),
        (PORTS + "log = { crashes = [1] }", "'crashes' must be a list of strings"),
        (PORTS + "wait = { start = -1 }", "'start' must be a number of seconds"),
        (PORTS + "limits = { pids = true }", "'pids' must be a whole number"),
        (PORTS + "limits = { memory = '1g', cpu = 1 }", "unknown key 'limits.cpu'"),
        (PORTS + "version = { pattern = '[0-9]+' }", "needs one group"),
        (PORTS + "variants = { big = 'x' }", "'big' must be a table"),
        (PORTS + "variants = { big = { A = 1 } }", "values of 'big' must be strings"),
        (PORTS + "build = [1]", "needs 'version'"),
        (PORTS + "[[build]]\nsuite = 'sid'", "needs 'version'"),
        (PORTS + "[[build]]\nversion = '1'\nfrom = 'x'", "unknown key 'build.from'"),
        (PORTS + "[[build]]\nversion = '1'\ndockerfile = 'Nofile'", "no ./Nofile"),
        (PORTS + "[[build]]\nversion = '1'\n[[build]]\nversion = '1'", "two builds '1'"),
    ],
)
def test_what_is_wrong_is_named(read, text, words):
    with pytest.raises(DefinitionError, match=words) as caught:
        read(text)
    assert "server.toml" in str(caught.value)


def test_a_folder_without_the_file(tmp_path):
    with pytest.raises(DefinitionError, match="cannot be read"):
        read_definition(tmp_path)


def test_all_that_we_ship_is_right():
    shipped = {each.name: each for each in definitions()}
    assert {"dovecot", "cyrus", "courier", "mailutils", "pymap"} <= set(shipped)
    for each in shipped.values():
        assert each.folder.name == each.name
        assert each.title
        assert each.builds
        assert each.version, "the image must be asked for its true version"
        assert {"IMAP4rev1"} <= each.capabilities
        assert each.user_pattern.format(scope="s", user="alice") != each.user_pattern.format(
            scope="t", user="alice"
        )


@pytest.mark.parametrize(
    ("name", "wanted", "version"),
    [
        ("dovecot", "2.4", "2.4.1"),
        ("dovecot", "2.3", "2.3.19"),
        ("dovecot", "2.3.13", "2.3.13"),
        ("dovecot", "sid", "2.4.5"),
        ("cyrus", "3.6", "3.6"),
        ("cyrus", "3.10", "3.10"),
        ("courier", "5", "5.0.13"),
        ("mailutils", "", "3.19"),
    ],
)
def test_series_that_people_type(name, wanted, version):
    assert definition(name).build(wanted).version == version


def test_a_folder_of_the_users_hides_ours(vendor_folder):
    folder = vendor_folder(PORTS + "title = 'My own'", name="dovecot")
    assert definition("dovecot", (folder,)).title == "My own"
    assert [each.name for each in definitions((folder,))].count("dovecot") == 1


def test_an_unknown_name_lists_the_known():
    with pytest.raises(ServerError, match="no server is called 'dovecto'") as caught:
        definition("dovecto")
    assert "dovecot" in caught.value.hint


def test_a_folder_of_servers_that_is_not_there(tmp_path):
    with pytest.raises(ServerError, match="no folder of servers"):
        definition("acme", (tmp_path / "nowhere",))
