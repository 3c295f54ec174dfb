"""Each SASL mechanism says what its RFC's example says, and gives up on nonsense."""

import base64

import pytest
from scramp import ScramMechanism

from conformance.actors.connection import Ended
from conformance.actors.imap import ImapActor
from conformance.actors.sasl import SaslError, exchange
from conformance.servers.base import Credentials, Endpoint
from conformance.wire.transcript import Transcript
from tests.fakes.imap_script import scripted

TIM = Credentials("tim", "tanstaaftanstaaf")


def test_plain():
    assert list(exchange("PLAIN", TIM, [])) == [b"\0tim\0tanstaaftanstaaf"]


def test_cram_md5_as_in_rfc_2195():
    challenges = [b"<1896.697170952@postoffice.reston.mci.net>"]
    assert list(exchange("CRAM-MD5", TIM, challenges)) == [b"tim b913a602c7eda7a495b4e6e7334d3890"]


def test_oauthbearer_as_in_rfc_7628():
    user = Credentials("user@example.com", "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==")
    answers = exchange("OAUTHBEARER", user, [], Endpoint("server.example.com", 143))

    assert next(answers) == (
        b"n,a=user@example.com,\1host=server.example.com\1port=143\1"
        b"auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\1\1"
    )
    assert list(answers) == [b"\1"]


async def test_a_token_that_is_refused_is_acknowledged():
    turns = iter(["+ eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=\r\n", "%TAG NO no\r\n"])
    reply, sent = await said(
        "OAUTHBEARER",
        {"AUTHENTICATE": lambda _: next(turns), "RESPONSE": lambda _: next(turns)},
        "* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=OAUTHBEARER] hi\r\n",
    )

    first, second = sent
    tag, command, mechanism, answer = first.split()
    assert (tag, command, mechanism) == (b"p1", b"AUTHENTICATE", b"OAUTHBEARER")
    assert base64.b64decode(answer).startswith(b"n,a=tim,\1host=127.0.0.1\1port=")
    assert second == base64.b64encode(b"\1") + b"\r\n"
    assert reply.octets == b"p1 NO no\r\n"


def scram_server():
    """Return SCRAM-SHA-256's server for TIM."""
    mechanism = ScramMechanism("SCRAM-SHA-256")
    return mechanism.make_server(lambda _: mechanism.make_auth_info(TIM.password))


def test_scram_proves_both_sides():
    server = scram_server()
    challenges = []
    answers = exchange("SCRAM-SHA-256", TIM, challenges)
    server.set_client_first(next(answers).decode())
    challenges.append(server.get_server_first().encode())
    server.set_client_final(next(answers).decode())
    challenges.append(server.get_server_final().encode())

    assert list(answers) == [b""]


@pytest.mark.parametrize("nonsense", [b"", b"r=abc", b"\xff", b"r=abc,s=QQ==,i=4096"])
def test_scram_refuses_a_challenge_that_makes_no_sense(nonsense):
    challenges = []
    answers = exchange("SCRAM-SHA-256", TIM, challenges)
    next(answers)
    challenges.append(nonsense)

    with pytest.raises(SaslError, match="SCRAM"):
        next(answers)


async def said(mechanism, answers, greeting="* OK hi\r\n"):
    transcript = Transcript()
    async with scripted(answers, greeting) as server:
        phone = ImapActor(
            "phone",
            lambda: server.info.services["imap"],
            lambda name, kind, octets: transcript.add(0.0, name, kind, octets),
            login=mechanism,
        )
        await phone.connect(5)
        reply = await phone.login(TIM, 5)
    return reply, [event.octets for event in transcript.events if event.kind == ">"]


async def test_the_first_answer_goes_along_only_where_that_is_offered():
    plain = base64.b64encode(b"\0tim\0tanstaaftanstaaf")
    _, sent = await said("PLAIN", {}, "* OK [CAPABILITY IMAP4rev1 SASL-IR] hi\r\n")
    assert sent == [b"p1 AUTHENTICATE PLAIN " + plain + b"\r\n"]

    reply, sent = await said("PLAIN", {"AUTHENTICATE": "+ \r\n"})
    assert sent == [b"p1 AUTHENTICATE PLAIN\r\n", plain + b"\r\n"]
    assert reply.octets == b"p1 OK done\r\n"


async def test_nonsense_is_cancelled_and_a_refusal_is_the_reply():
    answers = {"AUTHENTICATE": "+ \r\n", "RESPONSE": "+ !\r\n"}
    turns = iter(["+ cj1hYmM=\r\n", "%TAG BAD cancelled\r\n"])
    answers["RESPONSE"] = lambda _: next(turns)
    reply, sent = await said("SCRAM-SHA-256", answers)

    assert sent[-1] == b"*\r\n"
    assert (reply.ended, reply.octets) == (Ended.ANSWERED, b"p1 BAD cancelled\r\n")
