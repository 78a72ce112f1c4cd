"""The body of an answer while it arrives: bounded and unpacked."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.payload import Payload, PayloadCutError, PayloadTooLargeError


@given(st.binary(max_size=2000), st.integers(1, 50), st.booleans(), st.integers(0, 3))
def test_a_payload_in_any_pieces_is_whole(body: bytes, width: int, packed: bool, more: int) -> None:
    plain = body if packed or not body.startswith(b"\x1f\x8b") else b"x" + body
    sent = gzip.compress(plain) + b"\0" * more if packed else plain
    payload = Payload(10_000)
    for at in range(0, len(sent), width):
        payload.feed(sent[at : at + width])
    assert payload.finish() == plain


def test_payloads_have_their_limits() -> None:
    two = Payload(1000)
    two.feed(gzip.compress(b"ab") + gzip.compress(b"cd"))
    assert two.finish() == b"abcd"
    with pytest.raises(PayloadTooLargeError):
        Payload(10).feed(b"x" * 11)
    exact = Payload(10)
    exact.feed(b"x" * 10)
    assert len(exact.finish()) == 10
    with pytest.raises(PayloadCutError):
        Payload(1000).feed(b"\x1f\x8b" + b"not gzip at all")
    cut = Payload(1000)
    cut.feed(gzip.compress(b"abc")[:-4])
    with pytest.raises(PayloadCutError):
        cut.finish()
