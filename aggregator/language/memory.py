"""A bounded map that fills itself."""

from collections.abc import Callable
from typing import TypeVar

V = TypeVar("V")

LONGEST_KEY = 64
"""Characters. Longer keys are rare in texts and not worth their room."""


class Memory(dict[str, V]):
    """Values of a pure function, made when first asked for.

    Two generations of ``size`` entries: when the young one is full it becomes the old one, and what
    is asked for again is taken over from there; so the words in use stay. Safe among threads: what
    is lost to a race is made again.
    """

    def __init__(self, make: Callable[[str], V], size: int) -> None:
        super().__init__()
        self._make = make
        self._size = size
        self._old: dict[str, V] = {}

    def __missing__(self, key: str) -> V:
        value = self._old.get(key)
        if value is None:
            value = self._make(key)
        if len(key) <= LONGEST_KEY:
            if len(self) >= self._size:
                self._old = self.copy()
                self.clear()
            self[key] = value
        return value
