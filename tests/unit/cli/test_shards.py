import pytest

from conformance.cli.errors import UserError
from conformance.cli.selecting import shard


def test_shards_hold_every_scenario_once():
    parts = [shard(list(range(11)), f"{n}/4") for n in (1, 2, 3, 4)]

    assert sorted(each for part in parts for each in part) == list(range(11))
    assert {len(part) for part in parts} == {2, 3}
    assert shard(list(range(11)), "") == list(range(11))


@pytest.mark.parametrize("part", ["0/2", "3/2", "1", "a/b", "1/0", "-1/2"])
def test_what_is_no_shard_is_refused(part):
    with pytest.raises(UserError, match="is no shard") as caught:
        shard([1, 2, 3], part)
    assert caught.value.status == 4


def test_an_empty_shard_has_nothing_to_play():
    with pytest.raises(UserError, match="is empty") as caught:
        shard([1], "2/2")
    assert caught.value.status == 5
