"""How bodies are kept: hashed, and compressed with zstandard."""

from hashlib import blake2b

import msgspec
import zstandard

from aggregator.record import Record

LEVEL = 3
_compressor = zstandard.ZstdCompressor(level=LEVEL)
_decompressor = zstandard.ZstdDecompressor()
_encoder = msgspec.json.Encoder()
_record = msgspec.json.Decoder(Record)


def digest(body: bytes) -> bytes:
    """A 16-byte hash: enough to tell a changed body from an unchanged one."""
    return blake2b(body, digest_size=16).digest()


class Packer:
    """Compresses in a thread of its own: zstandard's compressors are not to be shared."""

    def __init__(self) -> None:
        self.pack = zstandard.ZstdCompressor(level=LEVEL).compress


def pack(body: bytes) -> bytes:
    """Compress a body for the store."""
    return _compressor.compress(body)


def unpack(body: bytes) -> bytes:
    """The body that `pack` compressed."""
    return _decompressor.decompress(body)


def encode_record(record: Record) -> bytes:
    """A record as JSON without its stamp: an unchanged text under a new stamp hashes alike."""
    return _encoder.encode(msgspec.structs.replace(record, stamp="") if record.stamp else record)


def decode_record(body: bytes, stamp: str) -> Record:
    """The record that `encode_record` wrote, under the stamp its source last gave."""
    record = _record.decode(body)
    return msgspec.structs.replace(record, stamp=stamp) if stamp else record
