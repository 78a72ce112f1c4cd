"""Latin spellings of Kyrgyz and Russian: data only.

Written: BGN/PCGN 1979, ISO 9:1995, the Turkish-style Latin of the Kyrgyz-Turkish universities, and
what people write in chats. Read: these and, for Russian, BGN/PCGN, GOST 7.79 system B and the
passports' rules (ICAO Doc 9303), each also without its marks, as `aggregator.language.tokens`
leaves words.
"""

LETTERS = "абвгдеёжзийклмнңоөпрстуүфхцчшщъыьэюя"


def _table(latin: str) -> dict[str, str]:
    return dict(zip(LETTERS, (sign.strip("_") for sign in latin.split()), strict=True))


_BGN = _table("a b v g d e yo j z i y k l m n ng o ö p r s t u ü f kh ts ch sh shch \" y ' e yu ya")
_ISO9 = _table(
    "a b v g d e ë ž z i j k l m n n\u0326 o ô p r s t u ù f h c č š ŝ ʺ y ʹ è û â"
)  # fmt: skip
_CHAT = _table("a b v g d e yo j z i y k l m n n o o p r s t u u f h ts ch sh shch _ y _ e yu ya")
_TURKISH = _table("a b v g d e yo c z i y k l m n ñ o ö p r s t u ü f h ts ç ş şç _ ı _ e yu ya")

WRITTEN = {"bgn": _BGN, "iso9": _ISO9, "chat": _CHAT, "turkish": _TURKISH}
"""Scheme -> Cyrillic letter, lower case -> Latin."""

_PASSPORT = _CHAT | {
    "ж": "zh", "й": "i", "ң": "ng", "х": "kh", "ё": "e", "ю": "iu", "я": "ia",
}  # fmt: skip

IN_THE_WILD = (
    _BGN,
    _PASSPORT,  # Aitmatov, Zhaparov
    _CHAT,
    _CHAT | {"ж": "zh", "х": "kh"},  # Russian habit
    _CHAT | {"ы": "i", "й": "y"},  # Chingiz
    _ISO9,
    _TURKISH,
    _CHAT | {"й": "j", "х": "x", "ж": "zh", "ц": "c"},  # GOST 7.79 B
)
"""The tables by which one name is found spelled in catalogues, commonest first."""

Readings = dict[str, tuple[tuple[str, float], ...]]
"""Latin letters -> what they may stand for, each with its cost: roughly the negative logarithm of
how often, set by hand. Letters are folded ones: no ң, ө, ү, ё, ь, ъ."""


def _readings(text: str) -> Readings:
    """A table from entries such as ``zh:ж,зх5``: a cost follows its letters, 0 when left out."""
    table: Readings = {}
    for entry in text.split():
        latin, _, cyrillic = entry.partition(":")
        options: list[tuple[str, float]] = []
        for option in cyrillic.split(","):
            letters = option.rstrip("0123456789.")
            options.append((letters, float(option[len(letters) :] or 0)))
        table[latin] = tuple(options)
    return table


_SAME = _readings(
    "a:а b:б v:в g:г d:д e:е,э.5 z:з i:и k:к l:л m:м n:н o:о p:п r:р s:с t:т u:у f:ф h:х q:к w:в"
)
_MARKED = _readings(
    "ö:о ô:о ò:о ɵ:о ü:у ù:у ñ:н ņ:н ŋ:н ş:ш š:ш ș:ш ç:ч č:ч ž:ж ŝ:щ ı:ы ğ:г â:я û:ю ë:е è:э é:е,э1"
)
_SHARED = _SAME | _MARKED | _readings("x:х.5,кс.7 j:ж,й1 ee:ее,ээ1.5")

PLAIN = _SHARED | _readings(
    "j:ж,й3 y:ы.3,й.3,и4 i:и,й1,ы1 c:ц1,к2,ч2,с3 u:у,ю4 zh:ж kh:х sh:ш,сх5 ch:ч shch:щ.5,шч "
    "shh:щ sch:щ1,ш2 ts:тс.5,ц.7 tz:ц2 cz:ц dzh:дж.5,ж.5 dj:дж.5,ж.5 gh:г1 ng:н.7,нг.7 "
    "cia:ция.5 ya:я ia:я.5 yu:ю iu:ю.5 yo:е.5 io:е1.5 ye:е.5 ie:е2 jo:е3 ju:ю2 ja:я2"
)
"""English-like spelling: BGN/PCGN, GOST, passports, chat."""

ISO9_MARKED = _SHARED | _readings("j:й y:ы c:ц x:х")
ISO9_BARE = ISO9_MARKED | _readings("c:ч.5,ц1 z:з.3,ж1 s:с.2,ш1.2,щ5 a:а,я3 u:у,ю3")

TURKISH_MARKED = _SHARED | _readings("j:ж,й y:й c:ж ts:ц.7 şç:щ.3 ya:я.3 yu:ю.3 yo:е.7 ye:е1 ia:я1")
TURKISH_BARE = TURKISH_MARKED | _readings("c:ж.3,ч1 s:с.2,ш1.2 i:и,ы.7 sc:щ3")

ISO9_MARKS = frozenset("žščŝâûëèôùņ")
TURKISH_MARKS = frozenset("şçığñ")

SILENT = "'\"`´’‘ʼʻʹʺ′″\u0307"
"""Signs for ь and ъ, and the dot that lower-casing İ leaves."""
