"""Sequence numbers against the plainest possible list."""

from hypothesis import given
from hypothesis import strategies as st

from conformance.imap.numbers import Numbers

_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["exists", "learn", "expunge", "vanish", "snapshot"]),
        st.integers(0, 1500),
        st.integers(1, 1500),
    ),
    max_size=40,
)


@given(_STEPS)
def test_like_a_list(steps):
    numbers, plain = Numbers(), []
    kept = []
    for step, one, two in steps:
        if step == "exists":
            assert numbers.exists(one) == one - len(plain)
            plain = plain[:one] + [None] * (one - len(plain))
        elif step == "learn":
            if one not in plain:
                numbers.learn(two, one)
                if two <= len(plain):
                    plain[two - 1] = one
        elif step == "expunge":
            gone = plain.pop(two - 1) if two <= len(plain) else None
            assert numbers.expunge(two) == gone
        elif step == "vanish":
            numbers.vanish({uid for uid in plain if uid is not None and uid < one})
            plain = [uid for uid in plain if uid is None or uid >= one]
        else:
            kept.append((numbers.snapshot(), list(plain)))
        assert len(numbers) == len(plain)
        assert list(numbers.snapshot()) == plain or step != "snapshot"
        assert numbers.highest == max((uid for uid in plain if uid is not None), default=0)
        assert numbers.uid(two) == (plain[two - 1] if two <= len(plain) else None)
        assert numbers.number(one) == (plain.index(one) + 1 if one in plain else None)
    for snapshot, was in kept:
        assert list(snapshot) == was
        for at, uid in enumerate(was[:20], start=1):
            assert snapshot.uid(at) == uid
            assert uid is None or snapshot.number(uid) == at


def test_vanished_uids_that_no_number_is_known_for_lower_the_count():
    numbers = Numbers()
    numbers.exists(4)
    numbers.learn(1, 5)
    assert numbers.vanish({5, 9}) == 1
    assert len(numbers) == 2
    assert numbers.uid(1) is None


def test_a_lie_about_billions_does_not_fill_the_memory():
    numbers = Numbers()
    numbers.exists(4_000_000_000)
    assert len(numbers) == 10_000_000
