"""What a thing is → one of the plain labels of `aggregator.record.RECORD_TYPES`.

Sources: COAR resource types (http://purl.org/coar/resource_type), info:eu-repo/semantics
(OpenAIRE guidelines), the DCMI type vocabulary, and the words found in 9,300 real dc:type
statements and in the repositories of Central Asia (English, Russian, Kyrgyz, Turkish).
"""

import re
from collections.abc import Iterable
from functools import lru_cache

# COAR concept -> label; the numbers are COAR's.
_COAR = {
    "c_2f33": "book", "c_3248": "chapter", "c_6501": "article", "c_2df8fbb1": "article",
    "c_dcae04bc": "article", "c_beb9": "article", "c_7bab": "article", "c_545b": "article",
    "c_b239": "article", "c_0640": "journal", "c_3e5a": "article", "c_2fe3": "journal",
    "c_998f": "article", "c_5794": "conference", "c_c94f": "conference", "c_f744": "conference",
    "c_6670": "conference", "c_18cp": "conference", "c_18co": "conference",
    "r60j-j5bd": "conference",
    "c_46ec": "thesis", "c_7a1f": "thesis", "c_bdcc": "thesis", "c_db06": "thesis",
    "c_93fc": "report", "c_18ws": "report", "c_18gh": "report", "c_18hj": "report",
    "c_18op": "report", "c_186u": "report", "c_8042": "report", "c_18wz": "report",
    "c_816b": "preprint", "c_15cd": "patent", "c_ddb1": "dataset", "c_5ce6": "software",
    "c_12cd": "map", "c_12cc": "map", "c_c513": "image", "c_ecc8": "image", "c_18cc": "sound",
    "c_18cd": "score", "c_12ce": "video", "c_8a7e": "video", "c_18cw": "score", "c_efa0": "review",
    "c_ba08": "review", "c_0040": "manuscript", "c_7ad9": "website",
    "c_baaf": "project", "c_e059": "textbook", "c_1843": "other", "c_18cf": "other",
    "c_7acd": "article", "c_6947": "website", "c_e9a0": "website", "c_71bd": "report",
    "c_ab20": "report", "c_18ww": "report", "c_18wq": "report", "c_ba1f": "report",
    "c_cb28": "dataset", "c_c950": "software", "c_2659": "journal", "c_2cd9": "journal",
    "c_8544": "other", "c_86bc": "other", "c_7877": "other", "c_1162": "review",
    "c_0857": "manuscript", "c_26e4": "sound", "c_53b5": "patent",
}  # fmt: skip

# Terms of vocabularies, letters only and lower case.
_TERMS = {
    "article": "article", "journalarticle": "article", "academicarticle": "article",
    "scholarlyarticle": "article", "contributiontoperiodical": "article",
    "articlejournal": "article",
    "book": "book", "monograph": "book", "monographseries": "book", "bookpart": "chapter",
    "bookchapter": "chapter", "booksection": "chapter", "incollection": "chapter",
    "inbook": "chapter", "conferenceobject": "conference", "conferencepaper": "conference",
    "conferenceitem": "conference", "conferenceposter": "conference", "conference": "conference",
    "inproceedings": "conference", "proceedings": "conference",
    "conferencecontribution": "conference",
    "conferenceproceedings": "conference", "lecture": "other", "poster": "conference",
    "presentation": "conference", "thesis": "thesis", "bachelorthesis": "thesis",
    "masterthesis": "thesis", "mastersthesis": "thesis", "doctoralthesis": "thesis",
    "phdthesis": "thesis", "studentthesis": "thesis", "phd": "thesis", "doctoral": "thesis",
    "dissertation": "thesis", "etd": "thesis",
    "report": "report", "workingpaper": "report", "technicalreport": "report",
    "researchreport": "report", "internalreport": "report", "memorandum": "report",
    "researchproposal": "project", "policybrief": "report", "policyreport": "report",
    "annualreport": "report", "technicaldocumentation": "report", "deliverable": "report",
    "datapaper": "article", "datamanagementplan": "report", "bookcontribution": "chapter",
    "conferencecall": "other", "standard": "other", "reportpart": "report", "techreport": "report",
    "preprint": "preprint", "patent": "patent", "dataset": "dataset", "data": "dataset",
    "software": "software", "image": "image", "stillimage": "image", "photograph": "image",
    "movingimage": "video", "video": "video", "film": "video", "sound": "sound", "audio": "sound",
    "musicalnotation": "score", "notatedmusic": "score", "map": "map",
    "cartographicmaterial": "map",
    "review": "review", "bookreview": "review", "manuscript": "manuscript", "website": "website",
    "webpage": "website", "journal": "journal", "periodical": "journal", "newspaper": "journal",
    "serial": "journal", "magazine": "journal", "issue": "journal", "newsletter": "journal",
    "textbook": "textbook", "project": "project", "annotation": "review",
    "learningobject": "textbook", "learningmaterial": "textbook", "teachingresource": "textbook",
    "makale": "article", "kitap": "book", "tez": "thesis", "bildiri": "conference",
    "doktora": "thesis", "yükseklisans": "thesis", "макала": "article", "китеп": "book",
    "статья": "article", "книга": "book", "журнал": "journal", "газета": "journal",
    "гезит": "journal", "патент": "patent", "карта": "map", "ноты": "score", "сборник": "book",
    "жыйнак": "book", "монография": "book", "препринт": "preprint", "отчет": "report",
    "отчёт": "report", "чийме": "image", "сүрөт": "image", "долбоор": "project",
    "учебник": "textbook", "диплом": "thesis", "доклад": "conference", "баяндама": "conference",
    "словарь": "book", "сөздүк": "book", "справочник": "book", "энциклопедия": "book",
    "лекция": "other", "стандарт": "other",
}  # fmt: skip

# Words inside a longer statement; the first line that fits wins, so the narrow come first.
_WORDS = tuple(
    (re.compile(pattern, re.IGNORECASE), label)
    for pattern, label in (
        (r"макалалар жыйна|сборник (?:\w+ )?(?:стат|труд)|collection of (?:article|paper)", "book"),
        (r"data paper|corrigend|erratum|news (?:and views|feature|analysis)|research highlight"
         r"|\bcomment(?:ary)?$", "article"),
        (r"автореферат|диссертац|dissertat|\bthes[ie]s\b|\bthèse|\bmémoire|\bвкр\b|выпускная квалиф"
         r"|магистрлик иш|yüksek lisans|\btezi?\b|кандидатская|докторская", "thesis"),
        (r"book review|рецензия|сын-?пикир|\breview of\b", "review"),
        (r"chapter|book (?:part|section)|part of (?:a )?book|глава|\bбөлүм"
         r"|раздел книги", "chapter"),
        (r"дипломн\w+ (?:работ|иш)|магистерск\w+ работ|бүтүрүү квалификация", "thesis"),
        (r"курс лекц|лекциялар|хрестомат|усулдук|методикалык|практикум"
         r"|учебн|учебник|учеб\. пособ|методическ|окуу (?:ките[пб]|курал)|окуу-|textbook"
         r"|study guide|ders kitab|learning (?:object|material|resource)|lesson", "textbook"),
        (r"preprint|pre-print|препринт", "preprint"),
        (r"article|макала|статья|статьи|makale|editorial|case (?:report|study)|short communication"
         r"|letter to|original (?:research|paper)|journal paper|research paper", "article"),
        (r"conferen|proceeding|конференц|тезис|баяндама|симпозиум|bildiri|poster|presentation"
         r"|workshop paper|презентац|доклад", "conference"),
        (r"patent|патент|изобретен|ойлоп табуу|полезн\w+ модел|пайдалуу модел"
         r"|промышленн\w+ образ|өнөр жай үлгү|industrial design|авторское свидетельство"
         r"|utility model", "patent"),
        (r"data ?set|(?:survey|raw|administrative|experimental|records) data|\bdata$|database"
         r"|база данных|маалымат база|набор данных|маалымат топтом|research data|statistical data",
         "dataset"),
        (r"software|программ\w* (?:для эвм|обеспеч)|computer program", "software"),
        (r"working paper|report|отчет|отчёт|\bбаянат|policy (?:brief|paper)", "report"),
        (r"photo|фото|\bimage|изображен|сүрөт|drawing|painting|poster|postcard|jpe?g", "image"),
        (r"notated music|\bscores?\b|sheet music|\bнот(?:н|ала|ы\b)", "score"),
        (r"audio|sound|podcast|recording, oral|аудио|звук|үн жазуу|oral history|music", "sound"),
        (r"video|film|moving|видео|кино|тасма", "video"),
        (r"\bmaps?\b|карта|cartograph|atlas|атлас", "map"),
        (r"manuscript|рукопис|кол жазма|archival", "manuscript"),
        (r"website|web ?page|web resource|веб-?сайт", "website"),
        (r"journal|periodical|newspaper|newsletter|magazine|serial|бюллетен|журнал|газета|гезит",
         "journal"),
        (r"monograph|монограф|\bbooks?\b|\bкнига|китеп|китеб|kitap|сборник|жыйнак", "book"),
        (r"\bproject\b|проект|долбоор", "project"),
    )
)  # fmt: skip

# Words that hold one of the above and mean none of it.
_NOTHING = re.compile(
    r"peer ?review(?:ed)?|non-?peer ?reviewed"
    r"|(?:published|accepted|submitted|updated|draft) ?version"
    r"|text|other|document|none|author accepted manuscript|refereed|untilarticleappears",
    re.IGNORECASE,
)
_TERM_ADDRESS = re.compile(
    r"(?:info:eu-repo/semantics/|https?://purl\.org/(?:coar/resource_type/|eprint/type/|dc/dcmitype/"
    r"|ontology/bibo/|spar/fabio/|info:eu-repo/semantics/)|https?://(?:www\.)?schema\.org/)([\w-]+)/?",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def resource_type(text: str) -> str:
    """The label for one statement; "" where it names no kind of thing ("text", "PeerReviewed")."""
    text = text.strip()
    address = _TERM_ADDRESS.fullmatch(text)
    if address is not None:
        term = address[1].lower()
        return _COAR.get(term) or _TERMS.get(term, "")
    term = "".join(sign for sign in text.lower() if sign.isalpha())
    if term in _TERMS:
        return _TERMS[term]
    if _NOTHING.fullmatch(text) or len(text) > 120 or text.startswith("10."):
        return ""
    return next((label for words, label in _WORDS if words.search(text)), "")


def resource_type_of(texts: Iterable[str]) -> str:
    """The label for all statements of a record: a vocabulary's term before words, then the
    first that says anything, then "other"."""
    known = [(_TERM_ADDRESS.fullmatch(text) is None, resource_type(text)) for text in texts]
    known = sorted((label for label in known if label[1]), key=lambda label: label[0])
    return known[0][1] if known else "other"
