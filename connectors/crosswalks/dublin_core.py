"""Statements of the Dublin Core family → a Record.

What ``oai_dc``, qualified Dublin Core, DSpace's ``dim`` and ``xoai`` and ETD-MS have in common:
each brings its statements into groups ("title", "date", …), the rest is done here. Where a value
is normalised, the source's words stay in ``other``.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from aggregator.normalize import (
    access_of,
    container,
    dates,
    identifier,
    is_body,
    issn,
    issued,
    languages,
    licence_of,
    name,
    name_and_role,
    names_somebody,
    orcid,
    patent,
    resource_type_of,
    web_address,
    without_dates,
    without_others,
)
from aggregator.record import (
    Container,
    Creator,
    Dates,
    Identifier,
    Link,
    Record,
    Relation,
    Subject,
    Text,
    Thesis,
    Title,
)
from connectors.crosswalks import addresses
from connectors.crosswalks.dc_statements import Statement
from connectors.crosswalks.remainder import Remainder
from connectors.crosswalks.subject_terms import subjects

_BLANK = Record(source="", local_id="")
"""Its container and dates are the very values that JSON leaves out."""

_PARTS = frozenset({"article", "chapter", "conference", "review"})
"""Types of things that appear in something: their dc:source is a title, not an original."""


def record_of(
    said: Mapping[str, Sequence[Statement]],
    rest: Remainder,
    source: str,
    local_id: str,
    stamp: str,
    *,
    year: int,
) -> Record:
    """The Record of one description's statements; ``year`` is the current one."""
    kinds = said["type"]
    kind = resource_type_of(one.text for one in kinds)
    for one in kinds:
        # "other" is a Record's default and not in its JSON: it holds no word of the source.
        rest.keep_unless(one.label, one.text, kind if kind != "other" else "", lang=one.lang)
    rights = [*said["rights"], *said["accessrights"], *said["license"]]
    formats = [(one, addresses.media_type(one.text)) for one in said["format"]]
    identifiers, links = _identifiers(said["identifier"], kind, rest)
    related, files = _related(said["relation"], links, rest)
    notes = {one for one in said["description"] if _NOTE.match(one.text)}
    holder, numbers = _container(said, kind, identifiers, rest)
    thesis = _thesis(said, rest)
    if thesis is not None and kind == "other":
        kind = "thesis"
    return Record(
        source=source,
        local_id=local_id,
        stamp=stamp,
        titles=_titles(said["title"], said["alternative"]),
        creators=_creators(said["creator"], said["contributor"], rest),
        abstracts=_texts(one for one in said["description"] if one not in notes),
        contents=_texts(said["contents"]),
        subjects=(*_subjects(said["subject"], rest), *_coverage(said["coverage"], rest)),
        type=kind,
        languages=_languages(said["language"], rest),
        issued=_issued(said, year, rest),
        publisher=_texts(said["publisher"]),
        edition=_joined(said["edition"]),
        series=_joined(said["series"]),
        container=holder,
        extent=_extent([*said["extent"], *said["format"]], formats, rest),
        notes=_texts([*(one for one in said["description"] if one in notes), *said["note"]]),
        identifiers=tuple(dict.fromkeys([*identifiers, *numbers])),
        links=addresses.with_media_type(
            [*links, *files, *_files(said["file"])], (media for _, media in formats if media)
        ),
        access=_access([one.text for one in [*rights, *kinds, *said["date"]]], year),
        licence=licence_of(one.text for one in rights),
        rights=_texts(rights),
        related=related,
        thesis=thesis,
        level=_joined(said["level"]),
        other=rest.others(),
    )


def _texts(statements: Iterable[Statement]) -> tuple[Text, ...]:
    return tuple(dict.fromkeys(Text(one.text, one.lang) for one in statements))


def _joined(statements: Iterable[Statement]) -> str:
    return "; ".join(dict.fromkeys(one.text for one in statements))


def _files(statements: Iterable[Statement]) -> Iterable[Link]:
    """Files that a repository names as such, each with its media type."""
    for one in statements:
        link = addresses.link(one.text, _LINK_TYPES.get(one.hint))
        yield Link(link.url, link.kind, one.detail or link.media_type)


def _thesis(said: Mapping[str, Sequence[Statement]], rest: Remainder) -> Thesis | None:
    """The first degree and the first institution that names itself so; further ones are kept."""
    chosen = [next((one.text for one in said[group]), "") for group in ("degree", "institution")]
    for one in [*said["degree"], *said["institution"]]:
        rest.keep_unless(one.label, one.text, *chosen, lang=one.lang)
    return Thesis(*chosen) if any(chosen) else None


def _titles(titles: Sequence[Statement], alternative: Sequence[Statement]) -> tuple[Title, ...]:
    """The first is the main one; of the others those in another language or script are parallel."""
    said = [*titles, *alternative]
    if not said:
        return ()
    main = said[0]
    found = [Title(main.text, main.lang)]
    found += [
        Title(one.text, one.lang, "parallel" if _other_tongue(main, one) else "alternative")
        for one in said[1:]
    ]
    return tuple(dict.fromkeys(found))


_CYRILLIC = re.compile("[\u0400-\u052f]")


def _other_tongue(main: Statement, one: Statement) -> bool:
    if main.lang and one.lang:
        return main.lang != one.lang
    return bool(_CYRILLIC.search(main.text)) != bool(_CYRILLIC.search(one.text))


_PERSON = re.compile(
    r"[^\W\d_][^,;\d]{0,40},\s*[^,;\d]{1,40}|(?:[^\W\d_]\.\s?){1,3}[^\W\d_]+|[^\W\d_]+\s(?:[^\W\d_]\.\s?){1,3}"
)
_COMPOSED = re.compile(r"[;\d@()\[\]&:]|,.*,|\.\s*,|ж\.б|\s(?:и|and|жана|al|др|б|others)(?!\w)")
"""What more than one plain name has in it."""

_BRACKETED = re.compile(r"(.*?[^\s,])[\s,]*\(([^()]{3,})\)\s*")
_ORCID = re.compile(
    r"[\s,;(\[]*(?:https?://orcid\.org/|orcid:?\s*)?(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])[\s)\]]*",
    re.IGNORECASE,
)


def _creators(
    creators: Sequence[Statement], contributors: Sequence[Statement], rest: Remainder
) -> tuple[Creator, ...]:
    found: list[Creator] = []
    for one, usual in (
        *((one, "aut") for one in creators),
        *((one, "ctb") for one in contributors),
    ):
        said, role = (one.text, "") if one.hint else name_and_role(one.text)
        people = _people(one, said, one.hint or role or usual, rest)
        if role or not people:  # an ORCID iD, a date or punctuation alone names nobody
            rest.keep(one.label, one.text, one.lang)
        if not people:
            rest.keep(f"{one.label} ORCID", one.detail)
        found += people
    return tuple(dict.fromkeys(found))


def _people(one: Statement, text: str, role: str, rest: Remainder) -> list[Creator]:
    """``Surname, Given; University`` is how OJS writes an affiliation; several names also come.

    Years of life behind a name, as library systems write them, are kept apart.
    """
    if not _COMPOSED.search(text):
        return [Creator(name(text), role, one.lang, one.detail)] if name(text) else []
    if not names_somebody(text):
        return []
    number = one.detail
    match = _ORCID.search(text) if "-" in text else None
    if match is not None and orcid(match[1]):
        number = number or orcid(match[1])
        rest.keep_unless(f"{one.label} ORCID", orcid(match[1]), number)
        text = f"{text[: match.start()]} {text[match.end() :]}"
    people: list[Creator] = []
    for part in filter(None, map(str.strip, text.split(";"))):
        named = without_others(part)
        rest.keep_unless(one.label, part, *named, lang=one.lang)
        for said in named:
            plain, of = _affiliated(said)
            plain, told = name_and_role(plain) if of else (plain, "")
            rest.keep(one.label, said if told else "", one.lang)
            single, years = without_dates(plain)
            rest.keep(f"{one.label} years", years)
            if not single:
                continue
            if len(named) == 1 and people and not people[-1].affiliation and _is_home(single):
                last = people.pop()
                people.append(Creator(last.name, last.role, one.lang, last.orcid, single))
            else:
                number, its = "", number
                people.append(Creator(single, told or role, one.lang, its, of))
    return people


def _is_home(text: str) -> bool:
    """Whether a text behind a name says where that person works, and not who else wrote."""
    return _PERSON.fullmatch(text) is None


def _affiliated(text: str) -> tuple[str, str]:
    """``Gasser, Robert (Soil Systems, Inc.)`` as a name and where it belongs."""
    match = _BRACKETED.fullmatch(text)
    if match is None or "," not in match[1] or not is_body(match[2]) or is_body(match[1]):
        return text, ""
    return match[1], match[2]


def _subjects(statements: Sequence[Statement], rest: Remainder) -> list[Subject]:
    found: list[Subject] = []
    for one in statements:
        found += subjects(one.text, one.hint, one.lang, one.label, rest)
    return list(dict.fromkeys(found))


_DATE_LIKE = re.compile(r"[\d\s.,:?/\[\]()TZ–-]+")


def _coverage(statements: Sequence[Statement], rest: Remainder) -> list[Subject]:
    """Places and named periods are subjects; bare dates and coordinates are kept apart."""
    found = []
    for one in statements:
        if _DATE_LIKE.fullmatch(one.text) or "=" in one.text:
            rest.keep(one.label, one.text, one.lang)
        else:
            found.append(Subject(one.text, "coverage", one.lang))
    return list(dict.fromkeys(found))


def _languages(statements: Sequence[Statement], rest: Remainder) -> tuple[str, ...]:
    found: list[str] = []
    for one in statements:
        codes = languages(one.text)
        found += codes
        rest.keep_unless(one.label, one.text, *codes)
    return tuple(dict.fromkeys(found))


_EMBARGO = "info:eu-repo/date/embargoEnd/"


def _access(texts: Sequence[str], year: int) -> str:
    """An embargo whose end is in a year that is past has ended: then the thing is open, which is
    what info:eu-repo says of embargoes."""
    found = access_of(texts)
    ends = [dates(one.removeprefix(_EMBARGO), year) for one in texts if one.startswith(_EMBARGO)]
    if found == "embargoed" and ends and 0 < max(one.max for one in ends) < year:
        return "open"
    return found


def _issued(said: Mapping[str, Sequence[Statement]], year: int, rest: Remainder) -> Dates:
    named = [one for one in said["date"] if one.hint == "issued"]
    plain = [one for one in said["date"] if one.hint == "" and not one.text.startswith(_EMBARGO)]
    if not (named or plain):  # what was never issued has only the date it was made
        named = [one for one in said["date"] if one.hint in ("dateCopyrighted", "created")]
    if not (named or plain):
        for one in said["date"]:
            rest.keep(one.label, one.text)
        return _BLANK.issued
    chosen, others = issued([one.text for one in named or plain], year)
    left = set(others)
    for one in said["date"]:
        if one.text in left or one.text != chosen.text:
            rest.keep(one.label, one.text)
    return chosen


_EXTENT = re.compile(
    r"(?:[ivxlc\d]+[\s,]+)*\d+\s*-?\s*(?:p\.?|pp\.?|pages?|p[áa]ginas?|с\.?|стр\.?|страниц\w*|бет|б\.|leaves|л\."
    r"|seiten|min(?:utes)?|hours?|slides?)\W*",
    re.IGNORECASE,
)


def _extent(
    statements: Sequence[Statement], formats: Sequence[tuple[Statement, str]], rest: Remainder
) -> str:
    media = {id(one) for one, kind in formats if kind}
    extent = ""
    for one in statements:
        named = one.label.endswith("extent")
        if not extent and id(one) not in media and (named or _EXTENT.fullmatch(one.text)):
            extent = one.text
        elif one.text != extent:
            rest.keep(one.label, one.text, one.lang)
    return extent


# Descriptions that are about the copy or the file, as DSpace, arXiv and Digital Commons add them.
_NOTE = re.compile(
    r"(?:includes bibliograph|condition:|original (?:image )?digiti[sz]ed|submitted by"
    r"|made available|approved for public release|comments?: |seriesinformation|thesis \("
    r"|dissertation \(|title from|no abstract|bibliogr|библиогр|abstract\W*$"
    r"|\d+ (?:p|pp|pages|с)\.?$)",
    re.IGNORECASE,
)


_DOI_CITED = re.compile(r"(?<!journal )(?:doi:\s*|doi\.org/)(10\.\d{4,9}/\S+)", re.IGNORECASE)


def _cited(text: str) -> list[Identifier]:
    """The one DOI in a citation of the thing itself."""
    found = {identifier(doi) for doi in _DOI_CITED.findall(text)}
    return [one for one in found if one.scheme == "doi"] if len(found) == 1 else []


def _identifiers(
    statements: Sequence[Statement], kind: str, rest: Remainder
) -> tuple[list[Identifier], list[Link]]:
    found: list[Identifier] = []
    links: list[Link] = []
    for one in statements:
        address = web_address(one.text)
        if address:
            links.append(addresses.link(address, _LINK_TYPES.get(one.hint)))
        hint = "patent" if kind == "patent" and not one.hint and patent(one.text) else one.hint
        known = identifier(one.text, hint)
        if one.hint and one.hint not in _LINK_TYPES:
            rest.keep_unless(f"{one.label} scheme", one.hint, known.scheme, one.text, one.label)
        if len(one.text) > 120 or one.text.count(" ") > 4:
            rest.keep(one.label, one.text, one.lang)  # a citation, not an identifier
            found += _cited(one.text)
            continue
        if known.scheme == "url" or (known.scheme == "local" and address):
            continue
        if known.scheme == "local" and not addresses.identifier_like(one.text):
            rest.keep(one.label, one.text, one.lang)
            continue
        found.append(known)
        if known.scheme == "local" and one.hint:
            rest.keep(one.label, one.text)
        elif not address:
            rest.keep_unless(one.label, one.text, known.scheme, known.value)
    return found, links


_LINK_TYPES: dict[str, addresses.Kind] = {"fulltext": "fulltext", "thumbnail": "thumbnail"}


def _related(
    statements: Sequence[Statement], links: Sequence[Link], rest: Remainder
) -> tuple[tuple[Relation, ...], list[Link]]:
    """Related items, and links: OJS names its files in dc:relation, EPrints the record's page.

    dc:relation does not say how two things are related: kind "IsRelatedTo".
    """
    related: list[Relation] = []
    found: list[Link] = []
    for one in statements:
        address = web_address(one.text) if one.hint == "" else ""
        if address:
            link = addresses.link(address)
            if link.kind == "fulltext" or any(known.url.startswith(address) for known in links):
                found.append(link)
                continue
        related.append(Relation(one.hint or "IsRelatedTo", one.text))
    return tuple(dict.fromkeys(related)), found


def _container(
    said: Mapping[str, Sequence[Statement]],
    kind: str,
    identifiers: Sequence[Identifier],
    rest: Remainder,
) -> tuple[Container, list[Identifier]]:
    """Where a part appeared, gathered from all statements that tell a piece of it.

    Of several languages the first statement wins; further ISSNs become identifiers.
    """
    title = number = volume = issue = pages = ""
    extra: list[Identifier] = []
    if kind != "journal":
        number = next((one.value for one in identifiers if one.scheme == "issn"), "")
    for one in [*said["source"], *said["bibo"]]:
        if one.hint in _PIECES:
            said_here = _piece(one)
        elif issn(one.text):
            said_here = Container(issn=issn(one.text))
        else:
            said_here = container(one.text)
        if one.hint == "citation":  # its title is the whole of the citation before the volume
            said_here = replace(said_here, title="")
        if said_here == Container() and one.hint == "" and kind in _PARTS and _is_title(one.text):
            said_here = Container(title=one.text)
        if said_here.issn and number and said_here.issn != number:
            extra.append(Identifier("issn", said_here.issn))
        title, number = title or said_here.title, number or said_here.issn
        volume, issue = volume or said_here.volume, issue or said_here.issue
        pages = pages or said_here.pages
        held = (title, number, volume, issue, pages, *(each.value for each in extra))
        rest.keep_unless(one.label, one.text, *held, lang=one.lang)
    if not (title or number or volume or issue or pages):
        return _BLANK.container, extra
    return Container(title, number, volume, issue, pages), extra


def _is_title(text: str) -> bool:
    return len(text) <= 200 and "://" not in text and any(sign.isalpha() for sign in text)


_PIECES = frozenset({"title", "issn", "volume", "issue", "pages"})


def _piece(one: Statement) -> Container:
    """One piece of a citation, as CyberLeninka and DSpace add them to their records."""
    text = issn(one.text) if one.hint == "issn" else one.text
    return Container(**{one.hint: text})
