"""Works as JSON. Apart from `payload`, which those who only read records load without the rest."""

import msgspec

from aggregator.works import Work

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Work)


def encode_work(work: Work) -> bytes:
    return _encoder.encode(work)


def decode_work(body: bytes) -> Work:
    return _decoder.decode(body)
