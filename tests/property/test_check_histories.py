"""Legal histories are never blamed; what a mutation turns into a lie is."""

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.history import History, mutations
from tests.fakes.script import findings


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32))
def test_a_legal_history_is_not_blamed(seed):
    history = History(seed)

    assert [(f.check, f.key, f.message) for f in findings(history.text)] == []


def test_mutations_are_caught():
    chance = random.Random(1)
    made = [
        mutation for seed in range(60) for mutation in chance.sample(mutations(History(seed)), 5)
    ]
    missed = [what for what, text in made if not findings(text)]

    assert len(missed) <= 0.05 * len(made), (len(missed), len(made), sorted(missed))
