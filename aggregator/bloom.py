"""Which names came already, in memory that grows with them but stays small: a Bloom filter.

A name it does not know is new for certain. One that it knows may be new all the same: fewer than
one in a million while there are no more than a million, more beyond (Bloom 1970: with 6 bits set
of 64 for each name the share is at most (1 - e^(-6/64))⁶ in each layer). A list of 50,000 records
must not look as if a few of them had come twice: then all its names would be asked for.
"""

from collections.abc import Iterable

_FIRST = 1 << 20
_LAST = 1 << 26
_BITS_A_NAME, _SET = 64, 6


class Bloom:
    """A set of names. It takes some 8 to 30 bytes for each, at least 128 KB, at most 11 MB."""

    def __init__(self) -> None:
        self._layers = [bytearray(_FIRST // 8)]
        self._room = _FIRST // _BITS_A_NAME

    @property
    def crowded(self) -> bool:
        """Whether there are more names than it can well tell apart."""
        return self._room < 0

    def add(self, names: Iterable[str]) -> int:
        """Remember ``names``; gives how many of them were new."""
        new = 0
        for name in names:
            number = hash(name)
            if self._has(number):
                continue
            new += 1
            layer = self._layers[-1]
            if self._room == 0 and 8 * len(layer) < _LAST:
                layer = bytearray(4 * len(layer))
                self._layers.append(layer)
                self._room = 8 * len(layer) // _BITS_A_NAME
            self._room -= 1
            last = 8 * len(layer) - 1
            step = number >> 32 | 1  # two hashes serve as well as six (Kirsch, Mitzenmacher 2008)
            for _ in range(_SET):
                bit = number & last
                layer[bit >> 3] |= 1 << (bit & 7)
                number += step
        return new

    def __contains__(self, name: str) -> bool:
        return self._has(hash(name))

    def _has(self, number: int) -> bool:
        for layer in self._layers:
            last, step, place = 8 * len(layer) - 1, number >> 32 | 1, number
            for _ in range(_SET):
                bit = place & last
                if not layer[bit >> 3] >> (bit & 7) & 1:
                    break
                place += step
            else:
                return True
        return False
