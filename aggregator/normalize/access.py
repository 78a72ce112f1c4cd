"""Words and addresses about rights → a plain access label and the address of a licence.

Sources: COAR access rights (http://purl.org/coar/access_right), the info:eu-repo vocabulary
(OpenAIRE guidelines), the addresses and short names of Creative Commons.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

_CODES = {
    "c_abf2": "open", "c_f1cf": "embargoed", "c_16ec": "restricted", "c_14cb": "metadata-only",
    "openaccess": "open", "embargoedaccess": "embargoed", "restrictedaccess": "restricted",
    "closedaccess": "restricted",
}  # fmt: skip
_CODE = re.compile(r"(?:https?://purl\.org/coar/access_right/|info:eu-repo/semantics/)(\w+)/?")

_NOT_OPEN = re.compile(
    r"\bnot\s+(?:an?\s+)?open[\s-]?access|\bне\s+(?:\w+\s+)?(?:в\s+)?(?:открыт|свободн)\w* доступ"
    r"|ачык эмес",
    re.IGNORECASE,
)
_WORDS = (
    (re.compile(r"embargo|эмбарго|restricted until", re.IGNORECASE), "embargoed"),
    (
        re.compile(
            r"metadata[\s-]only|только метаданные|метамаалымат гана", re.IGNORECASE
        ),
        "metadata-only",
    ),
    (
        re.compile(
            r"(?:restricted|closed|campus[\s-]only)[\s-]?access|access (?:is )?restricted"
            r"|(?:закрыт|ограничен|платн)\w* доступ"
            r"|доступ\W{1,3}(?:закрыт|ограничен|платн|по паролю|по подписке)"
            r"|доступ\w* (?:только )?(?:из|в) (?:локальн|сети)|только в читальном зале"
            r"|только (?:для )?зарегистрирован|чектелген|жабык жетк"
            r"|(?:subscribers|registered users|authori[sz]ed users) only|restricted to campus"
            r"|kısıtlı erişim|kapalı erişim|окуу залында гана",
            re.IGNORECASE,
        ),
        "restricted",
    ),
    (
        re.compile(
            r"\bopen[\s-]?access\b(?!\s+(?:fund|publ))"
            r"|(?:открыт|свободн)\w* доступ|доступ\W{1,3}(?:открыт|свободн)"
            r"|(?:ачык|эркин) (?:жетк|мүмкүнч)"
            r"|açık erişim|freely available|\bfree access\b"
            r"|unrestricted online access|\bpublic domain\b|общественн\w+ достояни",
            re.IGNORECASE,
        ),
        "open",
    ),
)  # fmt: skip
_ALONE = {
    "open": "open",
    "открытый": "open",
    "ачык": "open",
    "closed": "restricted",
    "закрытый": "restricted",
    "жабык": "restricted",
    "ограниченный": "restricted",
    "чектелген": "restricted",
    "restricted": "restricted",
    "embargoed": "embargoed",
    "izinli": "open",
    "izinsiz": "restricted",
}
"""Words that mean it where they stand alone; "İzinli" is what Turkish theses say."""

_LICENCE_URL = re.compile(
    r"creativecommons\.org/(?:licen[sc]es/(by(?:-nc)?(?:-nd|-sa)?|sa|nd|nc(?:-sa|-nd)?)"
    r"(?:/(\d\.\d))?(?:/([a-z]{2,4})(?![a-z]))?|publicdomain/(zero|mark)/1\.0)",
    re.IGNORECASE,
)
_LICENCE_NAME = re.compile(
    r"\bcc[\s_-]*(by(?:[\s_-]*nc)?(?:[\s_-]*(?:nd|sa))?)\b[\s_/-]*(\d\.\d)?", re.IGNORECASE
)
_LICENCE_WORDS = re.compile(
    r"(?:creative\s+commons\W+(?:licen[sc]e\s+)?|^(?=attribution[\sa-z-]*\d))attribution((?:[\s-]+(?:non[\s-]?commercial"
    r"|no[\s-]?deriv\w*|share[\s-]?alike))*)(?:\s+licen[sc]e)?(?:\s+(\d\.\d))?",
    re.IGNORECASE,
)
_RUSSIAN = re.compile(r"creative\s+commons\W.*?указанием авторства(.*)", re.IGNORECASE)
_RUSSIAN_PARTS = (("некоммерч", "-nc"), ("без производ", "-nd"), ("сохранением условий", "-sa"))
_VERSION = re.compile(r"\d\.\d")

_CC0 = re.compile(r"\bcc[\s-]?(?:0|zero)\b|creative commons zero", re.IGNORECASE)
_OTHER_LICENCE = re.compile(
    r"https?://(?:www\.)?(?:opensource\.org/licen[sc]es?/[\w.+-]+|gnu\.org/licenses/[\w.+-]+"
    r"|apache\.org/licenses/LICENSE-2\.0|opendatacommons\.org/licenses/\w+)",
    re.IGNORECASE,
)
"""Of software and data: their addresses are as good a name as any."""


@lru_cache(maxsize=8192)
def access(text: str) -> str:
    """A label of `aggregator.record.ACCESS` for one statement; "" where it says nothing of it."""
    match = _CODE.search(text)
    if match is not None:
        return _CODES.get(match[1].lower(), "")
    bare = text.strip(" .").replace("İ", "i").lower()
    if bare in _CODES or bare in _ALONE:
        return _CODES.get(bare) or _ALONE[bare]
    if licence(text):
        return "open"
    if _NOT_OPEN.search(text):
        return "restricted"
    return next((label for words, label in _WORDS if words.search(text)), "")


@lru_cache(maxsize=8192)
def licence(text: str) -> str:
    """The address of the Creative Commons licence a statement names, or "CC BY" where it
    gives no version; of other open licences the address alone; "" for anything else."""
    match = _LICENCE_URL.search(text)
    if match is not None:
        kind, version, country, dedication = match.groups()
        if dedication:
            return f"https://creativecommons.org/publicdomain/{dedication.lower()}/1.0/"
        return _address(kind, version, country)
    match = _LICENCE_NAME.search(text)
    if match is not None:
        return _address(re.sub(r"[\s_-]+", "-", match[1]), match[2])
    match = _LICENCE_WORDS.search(text)
    if match is not None:
        words = re.sub(r"[\s-]", "", match[1].lower())
        kind = "by" + "".join(
            part
            for word, part in (("noncommercial", "-nc"), ("noderiv", "-nd"), ("sharealike", "-sa"))
            if word in words
        )
        return _address(kind, match[2])
    match = _RUSSIAN.search(text)
    if match is not None:
        words = match[1].lower()
        version = _VERSION.search(words)
        kind = "by" + "".join(part for word, part in _RUSSIAN_PARTS if word in words)
        return _address(kind, version and version[0])
    if _CC0.search(text):
        return "https://creativecommons.org/publicdomain/zero/1.0/"
    match = _OTHER_LICENCE.search(text)
    return match[0] if match is not None else ""


def access_of(texts: Iterable[str]) -> str:
    """The label for all statements of a record: a vocabulary's own term before words."""
    labels = [(_CODE.search(text) is None, access(text)) for text in texts]
    labels = sorted((label for label in labels if label[1]), key=lambda label: label[0])
    return labels[0][1] if labels else "unknown"


def licence_of(texts: Iterable[str]) -> str:
    """The licence for all statements of a record: one with its version before a bare name."""
    found = [name for name in map(licence, texts) if name]
    return next((name for name in found if "://" in name), found[0] if found else "")


def _address(kind: str, version: str | None, country: str | None = None) -> str:
    kind = kind.lower()
    if not version:
        return f"CC {kind.upper()}"
    port = f"{country.lower()}/" if country and country.lower() != "deed" else ""
    return f"https://creativecommons.org/licenses/{kind}/{version}/{port}"
