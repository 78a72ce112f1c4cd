"""The Kyrgyz stemmer: endings come off from the outside in, `kyrgyz_suffixes` says which.

``stem`` takes Kyrgyz as it is written, ``stem_folded`` Kyrgyz typed without ң, ө, ү. The two have
tables of their own, for the fold of a stem is not the stem of the fold. Both are pure.

At each step the longest legal ending comes off, unless a shorter one leaves a stem of the closed
lists. An ending is legal where vowel harmony, assimilation and the letters it leaves allow it. Then
all begins anew, so that ``stem(x + suffix) == stem(x)`` whatever ``x`` is. `docs/kyrgyz.md` tells
a linguist why.
"""

import re
from collections.abc import Callable, Iterator, Set
from typing import NamedTuple

from aggregator.language.kyrgyz_suffixes import (
    ACRONYM_ENDINGS,
    ACRONYMS,
    CLUSTERS,
    IRREGULAR,
    NO_ROOT_ENDS_IN,
    SHORT_NOUNS,
    SHORT_VERBS,
    STEMS,
    SUFFIXES,
    VERBS,
    Suffix,
)
from aggregator.language.words import fold

_HARMONY = {"а": "аыя", "у": "ую", "о": "о", "е": "еиэ", "ө": "өү"}
"""Class of vowels -> those of it that may be a stem's last."""

_AFTER_YO = "екрт"
"""Where е may be ё, as normal forms write it: боек, актер, самолет."""

_CLASS = {vowel: cls for cls, vowels in _HARMONY.items() for vowel in vowels}

_LOW = {"а": "а", "у": "а", "о": "о", "е": "е", "ө": "ө"}
_ARCHIPHONEMES = {
    "A": _LOW,
    "E": _LOW | {"е": "э"},
    "I": {"а": "ы", "у": "у", "о": "у", "е": "и", "ө": "ү"},
    "U": {"а": "у", "у": "у", "о": "у", "е": "ү", "ө": "ү"},
    "O": {"а": "о", "у": "о", "о": "о", "е": "ө", "ө": "ө"},
}
_ASSIMILATED = {"L": "ллдт", "N": "нддт", "D": "дддт", "G": "гггк", "B": "бббп"}
"""After a letter of each sort below."""

_VOWELS = "аеиоуыэюяөү"
_SORTS = (_VOWELS, "рй", "лмнңзжгбдв", "пткчсшфхцщгбдвзж")
"""A stem's last letter. Loans in a voiced consonant are heard voiceless and written either way."""

_CONSONANTS = "бвгджзйклмнңпрстфхцчшщ"
_AFTER = {
    "any": _VOWELS + _CONSONANTS,
    "consonant": _CONSONANTS,
    "vowel": _VOWELS,
    "vowel but о": _VOWELS.replace("о", ""),
    "low vowel": "аеоөэя",
    "high vowel": "ыиуү",
    "о": "о",
    "з": "з",
    "р": "р",
    "л": "л",
}
_MAY_PRECEDE = _VOWELS + "чт"
"""What stands before a high vowel at the end even of a foreign word: пахтачы-сы, проспекти-си."""

_VOICELESS = {"г": "к", "б": "п"}
_VOICED = {"к": "г", "п": "б"}

_C = f"[{_CONSONANTS}]"
_foreign = re.compile(
    f"[аыя]{_C}*[еиэөү]|[еиэ]{_C}*[аыя]|[оу]{_C}*[иыэөү]|[өү]{_C}*[аеиоуыэ]"
    f"|(?<!о)о{_C}*а|о{_C}+е|у{_C}*е"
    f"|[аеиыэя]{_C}*(?:о(?!о)|у(?!у))|[еиэ]{_C}*(?:ө(?!ө)|ү(?!ү))"
    rf"|[вфхцщ]|^{_C}{{2}}|([бдзлмнр])\1"
).search
"""Marks of a loan: vowels against harmony (but long ones may be round: байкоо, билүү), letters and
clusters that no Kyrgyz root has, doubled consonants."""

_made_a_verb = re.compile(
    "[лдт][аеоө][нлшт]?(?:[дт][ыиуү]р)?(?:[ыиуү][лшн])?(?:[бп][аеоө])?$"
).search
"""Of any word, with -ла, voices and negation: экспортто-, приватташтыр-."""

_WRITTEN = str.maketrans("ё", "е", "ъь")

# Kinds are bits; after an ending of one kind those of some others may follow, going inwards.
_NOUN, _EITHER, _DERIVED, _FINITE, _VERB, _ROOT, _VOICE = (1 << place for place in range(7))
_KIND = {
    "noun": _NOUN, "either": _EITHER, "derived": _DERIVED, "finite": _FINITE, "verb": _VERB,
    "root": _ROOT, "voice": _VOICE,
}  # fmt: skip
_ANYTHING = _NOUN | _EITHER | _DERIVED | _FINITE | _VERB
_INSIDE = {"noun": _ANYTHING, "derived": _ANYTHING, "either": _ANYTHING - _FINITE | _ROOT}
_INSIDE_A_VERB = _ROOT | _VOICE


class _Row(NamedTuple):
    """A suffix where it is spelled in one way: ``back`` is what takes its place, by the last vowel
    before it; no entry, no harmony. ``then`` are the kinds that may follow inwards."""

    kind: int
    then: int
    left: int
    short: frozenset[str]
    restores: bool
    back: dict[str, str]


class _Table(NamedTuple):
    """``sizes``: a word's last two letters -> lengths of the suffixes it may have, longest first.
    ``rows``: the letter before a suffix and the suffix -> the rows it may stand for."""

    sizes: dict[str, tuple[int, ...]]
    rows: dict[str, tuple[_Row, ...]]
    stems: dict[str, str]
    acronym: Callable[[str], re.Match[str] | None]


def stem(token: str) -> str:
    """The stem of a Kyrgyz word in its normal form; a key, not always a word. Any string is legal,
    never empty for one that is not."""
    return _stem(_as_written(token), _AS_WRITTEN) or token


def stem_folded(token: str) -> str:
    """The stem of a Kyrgyz word typed without ң, ө, ү (or with them: they are folded first)."""
    return _stem(fold(token), _AS_TYPED) or token


def stemmers(stems: Set[str], verbs: Set[str]) -> tuple[Callable[[str], str], Callable[[str], str]]:
    """What ``stem`` and ``stem_folded`` would be with other closed lists: to measure by."""
    written, typed = _built(_as_written, stems, verbs), _built(fold, stems, verbs)
    return (
        lambda token: _stem(_as_written(token), written) or token,
        lambda token: _stem(fold(token), typed) or token,
    )


def _as_written(word: str) -> str:
    return word.translate(_WRITTEN)


def _stem(word: str, table: _Table) -> str:
    if word[2:] and word[1] not in _VOWELS and word[2] not in _VOWELS:
        found = table.acronym(word)
        if found:
            return found[1]
    return _stripped(word, table)


def _stripped(word: str, table: _Table) -> str:
    sizes, rows, stems, _ = table
    allowed = _ANYTHING
    while word not in stems:
        best = known = ""
        then = 0
        length = len(word)
        for size in sizes.get(word[-2:], ()):
            place = length - size
            if place < 1:
                continue
            for kind, inside, left, short, restores, back in rows.get(word[place - 1 :], ()):
                if not kind & allowed:
                    continue
                rest = _rest(word[:place], back, restores)
                if not rest:
                    continue
                if rest in stems and _known_is_enough(kind, left, rest):
                    known = rest
                elif (
                    best
                    or (len(rest) < left and (left > 3 or rest not in short))
                    or (kind >= _FINITE and _no_root(rest))
                    or _cut_loan(rest, word[place : place + 3])
                ):
                    continue
                else:
                    best, then = rest, inside
        if known:
            return stems[known]
        if not best:
            return _key(word)
        word, allowed = best, then
    return stems[word]


def _rest(word: str, back: dict[str, str], restores: bool) -> str:
    """What is left of a word with what comes back in the suffix's place; "" against harmony."""
    for letter in reversed(word):
        if letter in _VOWELS:
            put = back.get(letter)
            if put is None:
                return ""
            if restores and word[-1] in _VOICELESS:
                return word[:-1] + _VOICELESS[word[-1]]
            return word + put
    return ""


def _known_is_enough(kind: int, left: int, rest: str) -> bool:
    """Whether a stem of the closed lists needs no other letters: before an inflection it does not,
    and a derived word (акылдуу, but not аттуу) keeps four."""
    return kind <= _EITHER or (kind == _DERIVED and left < 5 and len(rest) > 3)


def _cut_loan(rest: str, suffix: str) -> bool:
    """Whether what is left is a loan cut short: автобу|су, журналис|ти, райо|ну. Loans seldom end
    in a high vowel or in -ис, and after their -о a н is mostly their own. ``suffix``: its first
    three letters."""
    last = rest[-1]
    if last in "ыиуү":
        cut = suffix[0] == "с" and suffix[2:] not in ("з", "ң") and rest[-2] not in _MAY_PRECEDE
    elif last == "с":
        cut = suffix[:2] == "ти" and rest[-2] == "и"
    else:
        cut = last == "о" and suffix[:2] == "ну"
    return cut and bool(_foreign(rest))


def _no_root(rest: str) -> bool:
    """Whether this is no root of a verb: it ends like none (кызм-, бюдж-), or is a loan that -ла
    has not made one (депут-, комит-)."""
    if _foreign(rest) and not _made_a_verb(rest):
        return True
    last = rest[-1]
    if last in _VOWELS:
        return False
    return last in NO_ROOT_ENDS_IN or (rest[-2:-1] not in _VOWELS and rest[-2:] not in CLUSTERS)


def _key(word: str) -> str:
    """A stem without what varies at its end: a high vowel, as if it were a possessive; г for к."""
    if len(word) > 3 and word[-1] in "ыиуү" and word[-2] not in _VOWELS:
        word = word[:-1]
    last = word[-1:]
    return word[:-1] + _VOICELESS[last] if last in _VOICELESS else word


def _spelled(template: str, cls: str, sort: int) -> str:
    """A template after a last vowel of class ``cls`` and a last letter of the ``sort``-th sort."""
    spelled = ""
    for sign in template:
        if sign in _ASSIMILATED:
            letter = _ASSIMILATED[sign][2 if spelled else sort]
        else:
            letter = _ARCHIPHONEMES[sign][cls] if sign in _ARCHIPHONEMES else sign
        spelled += letter
        cls = _CLASS.get(letter, cls)
    return spelled


def _spellings(suffix: Suffix) -> Iterator[tuple[str, str, str, str]]:
    """Every spelling: the letter before it, itself, last vowels it agrees with, what comes back."""
    for cls, vowels in _HARMONY.items():
        for sort, letters in enumerate(_SORTS):
            spelled = _spelled(suffix.template, cls, sort)
            back = _spelled(suffix.back, cls, sort)
            for letter in letters:
                last = f"{vowels}е" if cls == "о" and letter in _AFTER_YO else vowels
                agrees = letter in last or letter not in _VOWELS
                if agrees and letter in _AFTER[suffix.after]:
                    yield letter, spelled, last, back


def _joined() -> Iterator[Suffix]:
    """The rows, and each case after a possessive of the third person joined with what bears that
    possessive: so the whole is seen to leave a known stem (келин|ин), or a participle."""
    for suffix in SUFFIXES:
        yield suffix
        if suffix.after == "high vowel" and suffix.template[0] == "н":
            case = suffix.template
            yield suffix._replace(template=f"I{case}", after="consonant")
            yield suffix._replace(template=f"сI{case}", after="vowel")
            yield suffix._replace(template=f"GAнI{case}", after="any", kind="verb")


def _forms_of_verbs(verbs: Set[str]) -> Iterator[tuple[str, str]]:
    for verb in sorted(verbs):
        cls = next(_CLASS[letter] for letter in reversed(verb) if letter in _CLASS)
        last = verb[-1]
        if last in _VOWELS:
            yield f"{verb}й", verb
            yield f"{verb}л", verb
            yield f"{verb}л" + 2 * _ARCHIPHONEMES["U"][cls], verb
            yield verb[:-1] + 2 * _ARCHIPHONEMES["O"][cls], verb
        else:
            yield verb[:-1] + _VOICED.get(last, last) + _LOW[cls], verb


def _built(form: Callable[[str], str], stems: Set[str] = STEMS, verbs: Set[str] = VERBS) -> _Table:
    """The table for Kyrgyz whose words are brought into this form."""
    made: dict[str, dict[Suffix, dict[str, str]]] = {}
    sizes: dict[str, set[int]] = {}
    for suffix in _joined():
        for letter, spelled, vowels, back in _spellings(suffix):
            key = form(f"-{letter}{spelled}")[1:]  # not as the beginning of a word
            by_vowel = made.setdefault(key, {}).setdefault(suffix, {})
            for vowel in vowels:
                for seen in (vowel, form(vowel)):
                    if vowel != "е" or seen not in by_vowel or _CLASS[vowels[0]] == "е":
                        by_vowel[seen] = form(back)
            sizes.setdefault(key[-2:], set()).add(len(spelled))
    short = {
        "noun": frozenset(map(form, SHORT_NOUNS)),
        "verb": frozenset(map(form, SHORT_VERBS)),
        "either": frozenset(map(form, SHORT_NOUNS | SHORT_VERBS)),
    }
    known = {stem: stem for stem in sorted(stems)} | dict(_forms_of_verbs(verbs)) | IRREGULAR
    keys = {form(word): _devoiced(form(known[word])) for word in known}
    return _Table(
        {ending: tuple(sorted(found, reverse=True)) for ending, found in sizes.items()},
        {
            key: tuple(_row(suffix, back, short) for suffix, back in found.items())
            for key, found in made.items()
        },
        keys | {_devoiced(word): key for word, key in keys.items()},
        _acronym(form),
    )


def _row(suffix: Suffix, back: dict[str, str], short: dict[str, frozenset[str]]) -> _Row:
    kind = "noun" if suffix.kind == "derived" else suffix.kind
    return _Row(
        _KIND[suffix.kind],
        _INSIDE.get(suffix.kind, _INSIDE_A_VERB),
        suffix.left,
        short.get(kind, short["verb"]),
        suffix.template[0] in _ARCHIPHONEMES and not suffix.back,
        back,
    )


def _devoiced(word: str) -> str:
    return word[:-1] + _VOICELESS.get(word[-1], word[-1])


def _acronym(form: Callable[[str], str]) -> Callable[[str], re.Match[str] | None]:
    """Matches an acronym with an ending, spelled as if after any letter."""
    endings = {
        form(_spelled(template, cls, sort))
        for template in ACRONYM_ENDINGS
        for cls in _HARMONY
        for sort in range(len(_SORTS))
    }
    heads = "|".join([f"[{_CONSONANTS}]{{2,5}}?", *sorted(map(form, ACRONYMS))])
    return re.compile(f"({heads})(?:{'|'.join(sorted(endings))})").fullmatch


_AS_WRITTEN = _built(_as_written)
_AS_TYPED = _built(fold)
