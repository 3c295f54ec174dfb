"""Dovecot's answers, bent by a proxy in one thing at a time: the right check must see it."""

from dataclasses import replace

import pytest

from tests.fakes.proxy import BENDS, findings


@pytest.mark.live
async def test_what_is_bent_on_dovecot_is_seen(start, tmp_path):
    server = await start("docker:dovecot:2.4")
    straight = await findings(server, None, "straight", tmp_path)

    missed = {}
    for number, bend in enumerate(BENDS):
        # UIDs of a new mailbox begin with 1 here, and with 101 where the table was written.
        bent = replace(bend, put=bend.put.replace("10", ""))
        found = await findings(server, bent, f"b{number}", tmp_path) - straight
        if not any(check == bend.check and key.startswith(bend.key) for check, key in found):
            missed[bend.name] = found
    assert not straight
    assert not missed
