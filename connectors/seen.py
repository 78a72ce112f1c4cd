"""Which keys have come, in little memory: 16 bytes a slot, however long the keys are. Pure."""

from array import array
from hashlib import blake2b

_SMALLEST = 1 << 12


class Seen:
    """Remembers 64-bit hashes of keys and of what came with them: about 32 bytes a key.

    A million keys take 34 MB; Python's own dictionary of the same takes four times that. Two
    keys with one hash are one chance in 10^7 among a million keys.
    """

    def __init__(self) -> None:
        self._keys = array("Q", bytes(8 * _SMALLEST))
        self._contents = array("Q", bytes(8 * _SMALLEST))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def first(self, key: bytes, content: bytes) -> bool:
        """Whether ``key`` is new, or came first with this very ``content``."""
        wanted, brought = _hash(key), _hash(content)
        slot = self._slot(wanted)
        if self._keys[slot] == wanted:
            return self._contents[slot] == brought
        self._keys[slot], self._contents[slot] = wanted, brought
        self._count += 1
        if 2 * self._count > len(self._keys):
            self._grow()
        return True

    def _slot(self, wanted: int) -> int:
        """Where ``wanted`` is, or the free slot where it belongs."""
        mask = len(self._keys) - 1
        slot = wanted & mask
        while self._keys[slot] not in (0, wanted):
            slot = (slot + 1) & mask
        return slot

    def _grow(self) -> None:
        keys, contents = self._keys, self._contents
        self._keys = array("Q", bytes(16 * len(keys)))
        self._contents = array("Q", bytes(16 * len(keys)))
        for key, content in zip(keys, contents, strict=True):
            if key:
                slot = self._slot(key)
                self._keys[slot], self._contents[slot] = key, content


def _hash(data: bytes) -> int:
    """Never 0, which marks a free slot."""
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "little") or 1
