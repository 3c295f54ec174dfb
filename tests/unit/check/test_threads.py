"""Threads are made as RFC 5256 section 3 says."""

from datetime import UTC, datetime

from conformance.check.always.subject import base_subject, casemap
from conformance.check.always.threads import Entry, ordered_subject, references


def entry(place, subject="Lunch", *, day=None, refs=(), own=None):
    base, reply = base_subject(subject.encode())
    own = f"<{place}@x>" if own is None else own
    return Entry(
        place,
        place,
        datetime(2024, 10, day or place, tzinfo=UTC),
        casemap(base),
        reply,
        own.encode(),
        tuple(f"<{name}@x>".encode() for name in refs),
    )


def leaf(number):
    return (number, ())


def test_ordered_subject_groups_by_base_subject_and_sorts_by_date():
    entries = [
        entry(1, "Photos", day=5),
        entry(2, "Lunch", day=3),
        entry(3, "Re: Lunch", day=9),
        entry(4, "re: lunch", day=4),
        entry(5, "Re: Photos", day=6),
    ]

    assert ordered_subject(entries) == ((2, (leaf(4), leaf(3))), (1, (leaf(5),)))


def test_equal_dates_go_by_the_mailbox():
    assert ordered_subject([entry(2, "b", day=1), entry(1, "a", day=1)]) == (leaf(1), leaf(2))


def test_references_make_parents_and_children():
    entries = [
        entry(1, "Lunch"),
        entry(2, "Re: Lunch", refs=(1,)),
        entry(3, "Re: Lunch", refs=(1, 2)),
        entry(4, "Re: Lunch", refs=(1,)),
    ]

    assert references(entries) == ((1, ((2, (leaf(3),)), leaf(4))),)


def test_a_parent_that_is_not_there_holds_its_children_together():
    entries = [entry(1, "Re: a", refs=(9,)), entry(2, "Re: b", refs=(9,))]

    assert references(entries) == ((None, (leaf(1), leaf(2))),)


def test_a_missing_parent_of_one_child_is_left_out_and_so_is_one_below_the_top():
    assert references([entry(1, "Re: a", refs=(8, 9))]) == (leaf(1),)
    entries = [
        entry(1, "a"),
        entry(2, "Re: a", refs=(1, 9)),
        entry(3, "Re: a", refs=(1, 9)),
    ]
    assert references(entries) == ((1, (leaf(2), leaf(3))),)


def test_threads_of_one_subject_are_gathered_below_the_original():
    entries = [entry(1, "Lunch"), entry(2, "Re: Lunch"), entry(3, "Re: lunch")]

    assert references(entries) == ((1, (leaf(2), leaf(3))),)


def test_two_originals_of_one_subject_get_a_parent_that_is_not_there():
    assert references([entry(1, "Lunch"), entry(2, "Lunch")]) == ((None, (leaf(1), leaf(2))),)


def test_two_families_without_parents_become_one():
    entries = [
        entry(1, "Re: Lunch", refs=(8,)),
        entry(2, "Re: Lunch", refs=(8,)),
        entry(3, "Re: Lunch", refs=(9,)),
        entry(4, "Re: Lunch", refs=(9,)),
    ]

    assert references(entries) == ((None, (leaf(1), leaf(2), leaf(3), leaf(4))),)


def test_empty_subjects_are_not_gathered():
    assert references([entry(1, "Re:"), entry(2, "")]) == (leaf(1), leaf(2))


def test_loops_are_not_made():
    entries = [entry(1, "a", refs=(2,)), entry(2, "b", refs=(1,))]

    assert references(entries) == ((2, (leaf(1),)),)


def test_of_two_messages_with_one_id_only_the_first_has_it():
    entries = [
        entry(1, "a", own="<1@x>"),
        entry(2, "b", own="<1@x>"),
        entry(3, "Re: c", refs=(1,)),
    ]

    assert references(entries) == ((1, (leaf(3),)), leaf(2))


def test_siblings_are_sorted_by_date_not_by_number():
    entries = [
        entry(1, "a", day=1),
        entry(2, "Re: a", day=9, refs=(1,)),
        entry(3, "Re: a", day=3, refs=(1,)),
    ]

    assert references(entries) == ((1, (leaf(3), leaf(2))),)
