"""A transcript is readable, harmless, and read back to the octet."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.wire.transcript import Event, Kind, Transcript, TranscriptError, escape, unescape

events = st.lists(
    st.builds(
        Event,
        st.integers(0, 10**9).map(lambda n: n / 10**6),
        st.sampled_from(["phone", "set-up-alice", "x"]),
        st.sampled_from([Kind.SENT, Kind.RECEIVED, Kind.CONNECTION]),
        st.binary(max_size=40)
        | st.sampled_from([b"a\r\n", b"a\nb\r\n", b"\\", b"\\x41", b"\r\n\r\n"]),
    )
)


def written(transcript):
    stream = io.StringIO()
    transcript.dump(stream)
    return stream.getvalue()


@given(events)
def test_what_is_written_is_read_back_exactly(listed):
    transcript = Transcript({"scenario": "devices/x", "server": "caf\xe9"})
    transcript.events += listed

    again = Transcript.load(io.StringIO(written(transcript)))

    assert again.events == listed
    assert again.header == transcript.header


@given(events)
def test_only_printable_ascii_is_written(listed):
    transcript = Transcript()
    transcript.events += listed

    assert all(" " <= c <= "~" or c == "\n" for c in written(transcript))


def test_it_reads_as_people_expect():
    transcript = Transcript()
    transcript.add(0.5, "phone", Kind.SENT, b"p1 UID FETCH 1 (FLAGS)\r\n")
    transcript.add(
        0.75, "phone", Kind.RECEIVED, b"* 1 FETCH (FLAGS (\\Seen) BODY[] {2}\r\n\xe9\n)\r\n"
    )

    assert written(transcript).splitlines()[1:] == [
        r"    0.500000 phone > p1 UID FETCH 1 (FLAGS)",
        r"    0.750000 phone < * 1 FETCH (FLAGS (\Seen) BODY[] {2}",
        "    0.750000 phone | \\xe9\\x0a\\",
        r"    0.750000 phone | )",
    ]


def test_notes_are_found_by_name():
    transcript = Transcript()
    transcript.note(0.1, "phone", note="begin", step="3")
    transcript.note(0.2, "phone", note="end", step="3", how="answered")

    assert [(index, actor, note["how"]) for index, actor, note in transcript.notes("end")] == [
        (1, "phone", "answered")
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: a transcript starts with"),
        ("# imap-conformance transcript 1\nnonsense\n", "line 2: not 'seconds actor kind octets'"),
        ("# imap-conformance transcript 1\n 0.1 a | x\n", "line 2: '|' continues nothing"),
    ],
)
def test_other_texts_are_refused_with_the_line(text, message):
    with pytest.raises(TranscriptError) as error:
        Transcript.load(io.StringIO(text))

    assert message in str(error.value)


@given(st.binary())
def test_escapes_are_undone(octets):
    assert unescape(escape(octets)) == octets
