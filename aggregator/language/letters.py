"""Letters that look alike, and what folding makes equal: data only.

Sources: the folding table in ``docs``' Kyrgyz notes (look-alikes seen in the Universal Dependencies
and UniMorph data for Kyrgyz), Unicode's confusables for the Latin and Cyrillic scripts.
"""

VARIANTS = {
    "ё": "е",  # Russian habit: both spellings of one word are common
    "ѳ": "ө", "ӫ": "ө", "ӧ": "ө",  # fita, barred o with dots, o with dots, typed for ө
    "ӊ": "ң", "ҥ": "ң", "ӈ": "ң",  # other letters with a tail, typed for ң
    "ӱ": "ү", "ұ": "ү",
}  # fmt: skip
"""Cyrillic letter -> the one meant, wherever it stands."""

LATIN_TO_CYRILLIC = {
    "a": "а", "b": "в", "c": "с", "e": "е", "h": "н", "i": "и", "k": "к", "m": "м", "o": "о",
    "p": "р", "t": "т", "x": "х", "y": "у",
    "ɵ": "ө", "ö": "ө", "ü": "ү", "ñ": "ң",
}  # fmt: skip
"""Latin letter -> the Cyrillic one it was typed for inside a Cyrillic word."""

CYRILLIC_TO_LATIN = {
    "а": "a", "в": "b", "с": "c", "е": "e", "н": "h", "к": "k", "м": "m", "о": "o", "р": "p",
    "т": "t", "х": "x", "у": "y", "і": "i", "ѕ": "s", "ј": "j",
}  # fmt: skip
"""Cyrillic letter -> the Latin one it was typed for inside a Latin word."""

FOLDED = {"ө": "о", "ү": "у", "ң": "н", "ъ": "", "ь": ""}
"""Kyrgyz typed on a Russian keyboard, and the signs that loans keep or lose (нефть, роль)."""

STRIPPED_MARKS = (
    (0x0300, 0x036F),  # accents of Latin, Greek and Cyrillic
    (0x0483, 0x0489),  # Old Cyrillic
    (0x0591, 0x05C7),  # Hebrew points
    (0x0610, 0x061A), (0x064B, 0x065F), (0x0670, 0x0670), (0x06D6, 0x06DC),  # Arabic vowels
    (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F),
)  # fmt: skip
"""Combining marks that are taken off; those of other scripts (Devanagari, Thai, …) are letters'
parts and stay."""

KEPT_MARKS = ((0x0900, 0x0963), (0x0966, 0x0DFF), (0x0E31, 0x0E4E), (0x0EB1, 0x0ECD))
"""Blocks whose marks belong to words, though Python's ``\\w`` leaves them out."""

INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff\ufe0e\ufe0f"
"""Soft hyphen and characters of no width: they may stand inside a word and mean nothing."""

APOSTROPHES = "'\u2019\u2018\u02bc\u02bb\u2032\u00b4`"

HYPHENS = "-\u2010\u2011\u2012\u2013\u2212"
