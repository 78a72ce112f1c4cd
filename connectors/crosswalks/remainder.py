"""What a source said and no field of a Record holds: nothing may be lost on the way."""

import re

from aggregator.record import Other

_WORD = re.compile(r"\w+")


class Remainder:
    """Collects `Other` entries while a record is read."""

    def __init__(self) -> None:
        self._others: list[Other] = []

    def keep(self, label: str, text: str, lang: str = "") -> None:
        """Keep ``text`` under the source's own ``label``."""
        if text:
            self._others.append(Other(label, text, lang))

    def keep_unless(self, label: str, text: str, *values: str, lang: str = "") -> None:
        """Keep ``text`` only if it has a word that none of ``values`` has.

        ``values`` are what became of it: "ISSN 1694-7452" is held by "issn" and "1694-7452",
        "rus" is not held by "ru".
        """
        if text in values:
            return
        held = set(_WORD.findall(" ".join(values).casefold()))
        if any(word not in held for word in _WORD.findall(text.casefold())):
            self.keep(label, text, lang)

    def others(self) -> tuple[Other, ...]:
        """Everything kept, in the order it came, each once."""
        return tuple(dict.fromkeys(self._others))
