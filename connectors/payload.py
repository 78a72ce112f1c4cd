"""The body of one answer or file while it arrives: bounded, and unpacked if it is gzip.

Whether it is gzip is told by its first bytes, never by a header: servers announce gzip and
send plain text, and the other way round (HARVESTING case 47).
"""

import zlib

GZIP_MAGIC = b"\x1f\x8b"


class PayloadTooLargeError(Exception):
    """More bytes than allowed, as sent or unpacked (a gzip bomb)."""


class PayloadCutError(Exception):
    """The gzip stream ends too early or is damaged."""


class Payload:
    """Collects chunks; holds at most ``cap`` bytes as sent and ``cap`` bytes unpacked.

    ``feed`` raises PayloadTooLargeError or PayloadCutError; ``finish`` gives the whole or raises
    PayloadCutError.
    """

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self._sent = 0
        self._start = b""
        self._gunzip: zlib._Decompress | None = None
        self._plain = bytearray()

    def feed(self, chunk: bytes) -> None:
        self._sent += len(chunk)
        if self._sent > self._cap:
            raise PayloadTooLargeError
        if self._sent - len(chunk) < len(GZIP_MAGIC):
            self._start += chunk
            if len(self._start) < len(GZIP_MAGIC):
                return
            chunk, self._start = self._start, b""
            if chunk.startswith(GZIP_MAGIC):
                self._gunzip = zlib.decompressobj(wbits=31)
        if self._gunzip is None:
            self._plain += chunk
        else:
            self._unpack(chunk)

    def _unpack(self, data: bytes) -> None:
        while data:
            if self._gunzip is None or self._gunzip.eof:
                # What follows a gzip member is another one, or padding that means nothing.
                if not data.startswith(GZIP_MAGIC):
                    return
                self._gunzip = zlib.decompressobj(wbits=31)
            room = self._cap - len(self._plain) + 1
            try:
                self._plain += self._gunzip.decompress(data, room)
            except zlib.error as error:
                raise PayloadCutError from error
            if len(self._plain) > self._cap:
                raise PayloadTooLargeError
            data = self._gunzip.unused_data if self._gunzip.eof else self._gunzip.unconsumed_tail

    def finish(self) -> bytes:
        """All of it, unpacked."""
        if self._gunzip is not None and not self._gunzip.eof:
            raise PayloadCutError
        return self._start + bytes(self._plain)
