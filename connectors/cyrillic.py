"""Which 8-bit Cyrillic encoding bytes are in: a vote by how often letters come. Pure."""

WINDOWS_1251 = "windows-1251"
CP866 = "cp866"
KOI8_R = "koi8-r"
ISO_8859_5 = "iso8859-5"
ENCODINGS = (WINDOWS_1251, KOI8_R, CP866, ISO_8859_5)

_BY_FREQUENCY = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"
"""Russian letters from the most frequent one; Kyrgyz has nearly the same order of these."""


def vote(sample: bytes) -> str:
    """The encoding in which ``sample`` looks most like words: small letters, common ones first."""
    return max(ENCODINGS, key=lambda encoding: likeness(sample, encoding))


def likeness(sample: bytes, encoding: str) -> float:
    """-1 to 1: how much ``sample`` read as ``encoding`` looks like Cyrillic words.

    The wrong encoding shows rare letters, capitals inside words and drawing characters.
    """
    text = sample.decode(encoding, "replace")
    total = count = 0.0
    before = " "
    for sign in text:
        if sign >= "\x80":
            count += 1
            place = _BY_FREQUENCY.find(sign)
            if place >= 0:
                total += 1 - place / len(_BY_FREQUENCY)
            elif not sign.isalpha():
                total -= 0.5 if sign in "«»№–—…" else 1
            elif before.islower():
                total -= 1
            else:
                place = _BY_FREQUENCY.find(sign.lower())
                total += 0.4 * (1 - place / len(_BY_FREQUENCY)) if place >= 0 else -0.5
        before = sign
    return total / count if count else 0.0
