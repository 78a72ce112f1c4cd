"""The body of one answer or file while it arrives: bounded, and unpacked if it is packed.

Whether it is packed is told by its first bytes, never by a header: servers announce gzip and
send plain text, and the other way round (HARVESTING case 47).
"""

import zlib
from typing import NoReturn

_MAGIC = (b"\x1f\x8b", b"x\x01", b"x\x9c", b"x\xda")
"""How gzip (RFC 1952) begins, and zlib (RFC 1950) at its usual levels."""

_EITHER = 32 + zlib.MAX_WBITS
"""Tells zlib to take gzip as well as its own format."""

_PIECE = 1 << 12

LAYERS = 3
"""So often may be packed what is packed already: some servers do it twice."""


class PayloadTooLargeError(Exception):
    """More bytes than allowed, as sent or unpacked (a gzip bomb)."""


class PayloadCutError(Exception):
    """The packed stream ends too early or is damaged."""


class Payload:
    """Collects chunks; holds at most ``cap`` bytes as sent and ``cap`` bytes unpacked.

    ``feed`` raises PayloadTooLargeError or PayloadCutError; ``finish`` gives the whole or raises
    one of them too.
    """

    def __init__(self, cap: int, layers: int = LAYERS) -> None:
        self._cap = cap
        self._layers = layers
        self._sent = 0
        self._start = b""
        self._unzip: zlib._Decompress | None = None
        self._plain = bytearray()

    def feed(self, chunk: bytes) -> None:
        self._sent += len(chunk)
        if self._sent > self._cap:
            self._refuse()
        if self._sent - len(chunk) < len(_MAGIC[0]):
            self._start += chunk
            if len(self._start) < len(_MAGIC[0]):
                return
            chunk, self._start = self._start, b""
            if chunk.startswith(_MAGIC):
                self._unzip = zlib.decompressobj(_EITHER)
        if self._unzip is None:
            self._plain += chunk
        else:
            # In small pieces: many tiny members would otherwise cost a copy of all the rest each.
            for at in range(0, len(chunk), _PIECE):
                self._unpack(chunk[at : at + _PIECE])

    def _refuse(self) -> NoReturn:
        self._plain = bytearray()  # errors keep what they were raised in, and some are kept long
        raise PayloadTooLargeError

    def _unpack(self, data: bytes) -> None:
        while data:
            if self._unzip is None or self._unzip.eof:
                # What follows a gzip member is another one, or padding that means nothing.
                if not data.startswith(_MAGIC):
                    return
                self._unzip = zlib.decompressobj(_EITHER)
            room = self._cap - len(self._plain) + 1
            try:
                self._plain += self._unzip.decompress(data, room)
            except zlib.error as error:
                raise PayloadCutError from error
            if len(self._plain) > self._cap:
                self._refuse()
            data = self._unzip.unused_data if self._unzip.eof else self._unzip.unconsumed_tail

    def finish(self) -> bytes:
        """All of it, unpacked."""
        if self._unzip is not None and not self._unzip.eof:
            raise PayloadCutError
        whole = self._start + self._plain
        if self._unzip is None or not whole.startswith(_MAGIC) or self._layers <= 1:
            return whole
        inner = Payload(self._cap, self._layers - 1)
        inner.feed(whole)
        return inner.finish()
