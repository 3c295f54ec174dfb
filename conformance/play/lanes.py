"""Lanes that race: begun in an order and held back by moments that the seed gives."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator, Sequence

from conformance.scenario.model import Step

__all__ = ["Stop", "first_step", "order", "race"]

_DELAYS = (0.0, 0.0, 0.0005, 0.001, 0.002, 0.005)

Lane = tuple[Step, ...]


class Stop(Exception):  # noqa: N818 - the play's end, not an error
    """The scenario cannot go on."""


def order(lanes: Sequence[Lane], name: str) -> list[tuple[int, Lane]]:
    """Return the lanes with their numbers, in the order that ``name`` gives."""
    found = list(enumerate(lanes))
    random.Random(name).shuffle(found)  # noqa: S311 - no secret
    return found


def first_step(lane: Lane) -> Step:
    """Return the first step of a lane that is no meeting; its first one if all are."""
    return next((step for step in lane if step.verb != "meets"), lane[0])


async def race(
    lanes: Sequence[tuple[int, Lane]],
    path: str,
    name: str,
    do: Callable[[str, Step], Awaitable[None]],
    met: Callable[[str, Step], object],
    *,
    held_back: bool,
) -> None:
    """Do all lanes at the same time; what stops one of them stops all, at the next meeting.

    path       of the step that they are lanes of
    name       what chance follows
    do, met    are told of each step, and of each meeting
    held_back  whether some wait a few milliseconds when they begin and after each meeting
    """
    meeting = asyncio.Barrier(len(lanes))
    ends = await asyncio.gather(
        *(
            _lane(
                f"{path}.{number}", lane, meeting, _pauses(f"{name} {number}", held_back), do, met
            )
            for number, lane in lanes
        ),
        return_exceptions=True,
    )
    for end in ends:
        if isinstance(end, BaseException):
            raise end


async def _lane(
    path: str,
    lane: Lane,
    meeting: asyncio.Barrier,
    pauses: Iterator[float],
    do: Callable[[str, Step], Awaitable[None]],
    met: Callable[[str, Step], object],
) -> None:
    try:
        await asyncio.sleep(next(pauses))
        for number, step in enumerate(lane):
            if step.verb != "meets":
                await do(f"{path}.{number}", step)
                continue
            await meeting.wait()
            met(f"{path}.{number}", step)
            await asyncio.sleep(next(pauses))
    except asyncio.BrokenBarrierError:
        raise Stop from None  # another lane says why
    except BaseException:
        await meeting.abort()
        raise


def _pauses(name: str, held_back: bool) -> Iterator[float]:  # noqa: FBT001
    chance = random.Random(name)  # noqa: S311 - no secret
    while True:
        yield chance.choice(_DELAYS) if held_back else 0.0
