"""What somebody did for a work → a MARC relator code.

Source of the codes: the MARC code list for relators, https://id.loc.gov/vocabulary/relators.
"""

import re
from functools import lru_cache

_CODES = frozenset(
    """
    abr acp act adp aft anl anm ann ant app aqt arc ard arr art asg asn ato att auc aud aui aus
    aut bjd bkd bkp blw bnd bpd brl bsl cas ccp chr cli cll clr clt cmm cmp cmt cnd cng cns coe
    col com con cor cos cot cou cov cpc cpe cph cpl cpt cre crp crr crt csl csp cst ctb cte ctg
    ctr cts ctt cur cwt dbp dfd dfe dft dgc dgg dgs dis dln dnc dnr dpc dpt drm drt dsr dst dtc
    dte dtm dto dub edc edm edt egr elg elt eng enj etr evp exp fac fds fld flm fmd fmk fmo fmp
    fnd fpy frg gis his hnr hst ill ilu ins inv isb itr ive ivr jud jug lbr lbt ldr led lee lel
    len let lgd lie lil lit lsa lse lso ltg lyr mcp mdc med mfp mfr mod mon mrb mrk msd mte mtk
    mus nrt opn org orm osp oth own pan pat pbd pbl pdr pfr pht plt pma pmn pop ppm ppt pra prc
    prd pre prf prg prm prn pro prp prs prt prv pta pte ptf pth ptt pup rbr rcd rce rcp rdd red
    ren res rev rpc rps rpt rpy rse rsg rsp rsr rst rth rtm sad sce scl scr sds sec sgd sgn sht
    sll sng spk spn spy srv std stg stl stm stn str tcd tch ths tld tlp trc trl tyd tyg uvp vac
    vdg voc wac wal wam wat wdc wde win wit wpr wst
    """.split()  # noqa: SIM905 a list of 240 quoted words is not easier to read
)

# Beginnings of the words that catalogues write; the longest that fits wins.
_WORDS = {
    "author": "aut", "автор": "aut", "joint author": "aut", "соавт": "aut", "creator": "cre",
    "yazar": "aut", "ed": "edt", "eds": "edt", "edited": "edt", "editor": "edt", "ред": "edt",
    "отв. ред": "edt", "гл. ред": "edt", "науч. ред": "edt", "под ред": "edt", "editör": "edt",
    "башкы ред": "edt", "жооптуу ред": "edt", "joint editor": "edt",
    "tr": "trl", "trans": "trl", "translat": "trl", "пер": "trl", "перевод": "trl",
    "котор": "trl", "çevir": "trl", "ill": "ill", "illus": "ill", "иллюстр": "ill", "ил": "ill",
    "худож": "ill", "сүрөтчү": "ill", "comp": "com", "compil": "com", "сост": "com",
    "түзүүчү": "com", "түз": "com", "advisor": "ths", "adviser": "ths", "supervisor": "ths",
    "thesis advisor": "ths", "науч. рук": "ths", "научный рук": "ths", "руководитель": "ths",
    "илимий жетекчи": "ths", "жетекчи": "ths", "danışman": "ths", "degree supervisor": "dgs",
    "publisher": "pbl", "издатель": "pbl", "photograph": "pht", "фотограф": "pht",
    "interviewer": "ivr", "interviewee": "ive", "sponsor": "spn", "funder": "fnd", "композ": "cmp",
    "composer": "cmp", "комп": "cmp", "librettist": "lbt", "performer": "prf", "исполн": "prf",
    "director": "drt", "режис": "drt", "reviewer": "rev", "рец": "rev", "рецензент": "rev",
    "пикир": "rev", "opponent": "opn", "оппонент": "opn", "contact": "ctb", "contributor": "ctb",
    "collector": "col", "narrator": "nrt", "producer": "pro", "printer": "prt",
    "former owner": "fmo", "degree grantor": "dgg", "host institution": "his", "issuing": "isb",
    "corporate author": "aut", "inventor": "inv", "изобретатель": "inv", "applicant": "pta",
    "заявитель": "pta", "patent holder": "pth", "патентообладатель": "pth", "conductor": "cnd",
    "singer": "sng", "actor": "act", "speaker": "spk", "cartographer": "ctg", "engraver": "egr",
    "annotator": "ann", "commentator": "cmm", "arranger": "arr", "bookseller": "bsl",
    "lyricist": "lyr", "depicted": "dpc", "artist": "art", "featured performer": "prf",
    "recipient": "rcp", "programmer": "prg", "researcher": "res", "organizer": "orm",
    "principal_investigator": "rth", "principal investigator": "rth", "project_director": "pdr",
    "project director": "pdr", "landowner": "own",
    "редактор": "edt", "редактору": "edt", "автору": "aut", "котормочу": "trl", "сын пикир": "rev",
}  # fmt: skip

_LONGEST_FIRST = sorted(_WORDS, key=len, reverse=True)
_URI = re.compile(r"https?://id\.loc\.gov/vocabulary/relators/([a-z]{3})")
_BEHIND = re.compile(r"\s*,\s*([A-ZА-ЯЁ_]{4,}|[a-zа-яёңөү][^,;()]{0,30}(?:\.|[^\W\d_]{5}))\s*$")
"""A role behind a comma: all capitals, or small letters that end in a full stop or are many."""

_IN_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]{2,40})[)\]]\s*$")


@lru_cache(maxsize=4096)
def role(text: str) -> str:
    """The relator code for a code, an address of one, or a word in English, Russian or Kyrgyz.

    "" for what is not known.
    """
    word = text.strip(" .,;:()[]").lower()
    match = _URI.fullmatch(word)
    if match is not None:
        word = match[1]
    if word in _CODES:
        return word
    return _by_word(word)


def _by_word(word: str) -> str:
    for beginning in _LONGEST_FIRST:
        if word.startswith(beginning) and (
            len(beginning) > 4 or not word[len(beginning) :][:1].isalpha()
        ):
            return _WORDS[beginning]
    return ""


def name_and_role(text: str) -> tuple[str, str]:
    """``Finch, Joyce (Interviewer)``, ``Асанов А. Б., ред.`` → the name and its role, "ivr", "edt";
    the role is "" where none is named."""
    if text[-1:] in (")", "]"):
        return _named(text, _IN_BRACKETS)
    behind = text.rpartition(",")[2].lstrip() if "," in text else ""
    if behind[:1].islower() or (len(behind) > 3 and behind.isupper()):
        return _named(text, _BEHIND)
    return text, ""


def _named(text: str, pattern: re.Pattern[str]) -> tuple[str, str]:
    match = pattern.search(text)
    found = _by_word(match[1].lower()) if match is not None else ""
    if match is not None and found and match.start():
        return text[: match.start()], found
    return text, ""
