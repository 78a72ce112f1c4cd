"""DataCite metadata, bare or in the envelope of ``oai_datacite``, and what OpenAIRE made of it.

Sources: the DataCite metadata schema 2.2 to 4.6, the OpenAIRE guidelines for literature
repositories 4.0 (``oai_openaire``: DataCite's elements with ``oaire:`` and ``dc:`` ones beside
them), and what Zenodo was seen to write. Elements are told by their names without a namespace.
"""

from collections.abc import Callable
from typing import Literal

from msgspec.structs import replace

from aggregator.errors import SkipRecord
from aggregator.normalize import container, issn, role, web_address
from aggregator.record import Container, Link, Record, Relation
from aggregator.wording import say
from connectors.crosswalks import addresses
from connectors.crosswalks.draft import BLANK, Draft
from connectors.crosswalks.node import Node, node
from connectors.crosswalks.remainder import Remainder
from connectors.crosswalks.strict_xml import of_another_kind, parse_xml, saying_nothing

VERSION = 2

_PREFIXES = {
    "http://namespace.openaire.eu/schema/oaire/": "oaire",
    "http://purl.org/dc/elements/1.1/": "dc", "http://purl.org/dc/terms/": "dcterms",
} | {f"http://datacite.org/schema/kernel-{version}": "datacite"
     for version in ("2.0", "2.1", "2.2", "3", "3.0", "4", "4.0")}  # fmt: skip

_GENERAL = {
    "audiovisual": "video", "datapaper": "article", "peerreview": "review", "dataset": "dataset",
    "computationalnotebook": "software", "software": "software", "sound": "sound", "image": "image",
    "project": "project", "award": "project",
}  # fmt: skip
"""resourceTypeGeneral -> type, where the term is broader than any word beside it."""

_ROLES = {
    "contactperson": "ctb", "datacollector": "col", "datacurator": "cur", "datamanager": "dtm",
    "distributor": "dst", "editor": "edt", "hostinginstitution": "his", "producer": "pro",
    "projectleader": "pdr", "projectmanager": "pdr", "projectmember": "ctb", "researcher": "res",
    "researchgroup": "res", "rightsholder": "cph", "sponsor": "spn", "supervisor": "ths",
    "translator": "trl", "funder": "fnd",
}  # fmt: skip
"""contributorType -> MARC relator code; "ctb" where the list has none."""

_ISSUED = ("Issued", "publicationYear", "Available", "Copyrighted", "Created")


def read(
    body: bytes, source: str, local_id: str, stamp: str, language: str, *, year: int
) -> Record:
    """The Record of one DataCite or OpenAIRE payload; ``year`` is the current one.

    Raises SkipRecord for unreadable XML, another root, or no content at all.
    """
    envelope = node(parse_xml(body), _PREFIXES, "datacite")
    resource = _resource(envelope)
    rest = Remainder()
    draft = Draft(language, year, rest)
    for element in resource.children:
        reader = _READERS.get(element.name)
        if reader is not None:
            reader(draft, element)
    _citation(draft, resource)
    _forget_a_year_twice(draft)
    envelope.leave(rest)
    return draft.record(source, local_id, stamp, _ISSUED)


def _resource(root: Node) -> Node:
    found = root
    if root.name == "oai_datacite":
        found = root.first("payload").first("resource")
        if not found.name:
            raise SkipRecord(say("The record's envelope <oai_datacite> holds no <resource>."))
    elif root.name != "resource":
        raise of_another_kind("DataCite", root.name)
    if not found.says():
        raise saying_nothing("DataCite")
    return found


def _titles(draft: Draft, titles: Node) -> None:
    """A subtitle belongs to the main title before it in the same language."""
    said = list(titles.saying("title"))
    subtitles = [one for one in said if one.attributes.get("titleType") == "Subtitle"]
    below = set(map(id, subtitles))
    waiting: dict[str, list[Node]] = {}
    for one in reversed(subtitles):
        if one.text:
            waiting.setdefault(one.lang, []).append(one)
    tongues = {one.lang for one in draft.titles if one.lang}
    for one in said:
        if id(one) in below:
            continue
        text, sort = one.whole(), one.attribute("titleType")
        if text and not sort and waiting.get(one.lang):
            subtitle = waiting[one.lang].pop()
            subtitle.attribute("titleType")
            text = f"{text} : {subtitle.whole()}"
        kind: Literal["main", "alternative", "parallel"] = "main"
        if sort:
            kind = "parallel" if sort == "TranslatedTitle" else "alternative"
            if sort not in ("TranslatedTitle", "AlternativeTitle"):
                draft.rest.keep(f"{one.label} {sort}", text)
        elif one.lang and len(tongues) > (one.lang in tongues):
            kind = "parallel"
        draft.title(one, text, kind)
        tongues |= {title.lang for title in draft.titles[-1:] if title.lang}
    for one in subtitles:
        draft.title(one, one.whole(), "alternative")


def _creators(draft: Draft, names: Node) -> None:
    for one in names.saying("creator"):
        _name(draft, one, "creatorName", "aut")


def _contributors(draft: Draft, names: Node) -> None:
    for one in names.saying("contributor"):
        sort = one.attributes.get("contributorType", "")
        code = _ROLES.get(sort.lower()) or role(sort) or "ctb"
        if any(one.first(part).says() for part in ("contributorName", "familyName", "givenName")):
            one.attribute("contributorType")
            if code == "ctb":  # the code says less than the word
                draft.rest.keep(f"{one.label} {sort}", one.first("contributorName").text or sort)
        _name(draft, one, "contributorName", code)


def _name(draft: Draft, person: Node, element: str, code: str) -> None:
    named = person.first(element)
    family, given = person.first("familyName"), person.first("givenName")
    said = named.take()
    parts = [part for part in (family.take(), given.take()) if part]
    if not said:
        said = ", ".join(parts)
    sort = named.attribute("nameType")
    if sort and sort != "Personal":
        draft.rest.keep(f"{named.label} {sort}", said)
    for part in parts:
        draft.rest.keep_unless(f"{person.label}/familyName", part, said)
    numbers = []
    for one in person.saying("nameIdentifier"):
        text = one.take()
        if any(map(str.isalnum, text)):  # else its scheme says more, and is kept with the rest
            scheme = one.attribute("nameIdentifierScheme")
            numbers.append((f"{one.label} {scheme}".rstrip(), text))
    of = []
    for one in person.saying("affiliation"):
        text = draft.known(one, one.take())
        number = one.attribute("affiliationIdentifier")
        if number:
            scheme = one.attribute("affiliationIdentifierScheme")
            draft.rest.keep(
                f"{one.label} {scheme}".rstrip(), ": ".join(filter(None, (text, number)))
            )
        if text:
            of.append(text)
    draft.creator(named if named.name else person, said, code, numbers, "; ".join(of))


def _publisher(draft: Draft, one: Node) -> None:
    text = draft.known(one, one.take())
    if text:
        draft.publisher.append(draft.text(one, text))


def _year(draft: Draft, one: Node) -> None:
    draft.date(one.label, "publicationYear", one.take())


def _dates(draft: Draft, dates: Node) -> None:
    for one in dates.saying("date"):
        _date(draft, one)


def _date(draft: Draft, one: Node) -> None:
    if not one.says():
        return
    kind, about, text = one.attribute("dateType"), one.attribute("dateInformation"), one.take()
    draft.date(f"{one.label} {kind}".rstrip(), kind or "Issued", text)
    draft.rest.keep(f"{one.label}@dateInformation", about)


def _forget_a_year_twice(draft: Draft) -> None:
    """publicationYear where the date of issue has the same year."""
    issued = [text for _, text in draft.dates.get("Issued", ())]
    for _, text in draft.dates.get("publicationYear", ()):
        if any(one.startswith(text) for one in issued):
            del draft.dates["publicationYear"]
            return


def _language(draft: Draft, one: Node) -> None:
    draft.tongue(one)


def _type(draft: Draft, one: Node) -> None:
    """A COAR address says most, then a general type that is one of ours, then words."""
    general, text, address = one.attribute("resourceTypeGeneral"), one.take(), one.attribute("uri")
    draft.kind(f"{one.label}@uri", address)
    broad = _GENERAL.get(general.lower(), "")
    if broad:
        draft.kind("", broad)
        draft.rest.keep_unless(f"{one.label}@resourceTypeGeneral", general, broad)
    if general.lower() in ("text", "other", "literature", "other research product"):
        draft.kind(one.label, text)
        draft.rest.keep(f"{one.label}@resourceTypeGeneral", general)
    else:
        draft.kind(f"{one.label}@resourceTypeGeneral", general if not broad else "")
        draft.kind(one.label, text)


def _subjects(draft: Draft, subjects: Node) -> None:
    for one in subjects.saying("subject"):
        scheme, text = one.attribute("subjectScheme"), one.whole()
        for code in (one.attribute("valueURI"), one.attribute("classificationCode")):
            if code and code not in text:
                draft.rest.keep(one.label, ": ".join(filter(None, (text, code))))
        draft.subject(one, text, scheme, divide=not scheme)


def _identifier(draft: Draft, one: Node) -> None:
    if not one.says():
        return
    text = draft.known(one, one.take())
    if text:
        draft.identify(one, text, one.attribute("identifierType"), "landing")


def _alternate_identifiers(draft: Draft, identifiers: Node) -> None:
    for one in identifiers.saying("alternateIdentifier"):
        text = draft.known(one, one.take())
        if text:
            draft.identify(one, text, one.attribute("alternateIdentifierType"))


def _related_identifiers(draft: Draft, related: Node) -> None:
    for one in related.saying("relatedIdentifier"):
        kind, sort = one.attribute("relationType"), one.attribute("relatedIdentifierType")
        text = one.take()
        if not text:
            continue
        if sort.lower() == "doi" and text.startswith("10."):
            text = f"doi:{text}"
        elif not web_address(text) and sort.lower() not in text.lower():
            text = f"{sort} {text}"
        else:
            draft.rest.keep_unless(f"{one.label}@relatedIdentifierType", sort, text, "URL")
        draft.related.append(Relation(kind or "IsRelatedTo", text))


def _related_items(draft: Draft, items: Node) -> None:
    """IsPublishedIn is the container of a part; others are related works, in their own words."""
    for one in items.saying("relatedItem"):
        kind = one.attribute("relationType")
        if kind == "IsPublishedIn" and draft.container == BLANK.container:
            number = one.first("relatedItemIdentifier")
            value = issn(number.text)
            if value:
                number.take()
            pages = "-".join(
                filter(None, (one.first("firstPage").take(), one.first("lastPage").take()))
            )
            draft.container = Container(
                one.first("titles").first("title").take(), value, one.first("volume").take(),
                one.first("issue").take(), pages,
            )  # fmt: skip
        whole = one.whole("; ")
        if whole:
            draft.related.append(Relation(kind or "IsRelatedTo", whole))


def _sizes(draft: Draft, sizes: Node) -> None:
    draft.extent += filter(None, (one.take() for one in sizes.saying("size")))


def _formats(draft: Draft, formats: Node) -> None:
    for one in formats.saying("format"):
        _format(draft, one)


def _format(draft: Draft, one: Node) -> None:
    text = one.take()
    media = addresses.media_type(text)
    if media:
        draft.media.add(media)
    draft.rest.keep(one.label, text)


def _rights_list(draft: Draft, rights: Node) -> None:
    for one in rights.all("rights"):
        _right(draft, one)


def _right(draft: Draft, one: Node) -> None:
    """A licence or an access right; of OpenAIRE the licence's condition too."""
    code = one.attribute("rightsIdentifier")
    if one.attributes.get("rightsIdentifierScheme", "").lower() == "spdx":
        one.attribute("rightsIdentifierScheme")
    draft.right(one, one.whole(), one.attribute("rightsURI") or one.attribute("uri"))
    if code:
        draft.terms.append(code)
        draft.rest.keep(f"{one.label}@rightsIdentifier", code)


def _descriptions(draft: Draft, descriptions: Node) -> None:
    for one in descriptions.saying("description"):
        _description(draft, one)


def _description(draft: Draft, one: Node) -> None:
    if not one.says():
        return
    text = draft.known(one, one.whole())
    if not text:
        return
    kind = one.attribute("descriptionType")
    said = draft.text(one, text)
    match kind:
        case "Abstract" | "":
            draft.abstracts.append(said)
        case "TableOfContents":
            draft.contents.append(said)
        case "SeriesInformation":
            found = container(text)
            if found == BLANK.container:
                draft.series.append(text)
            elif draft.container == BLANK.container:
                draft.container = found
                draft.rest.keep_unless(
                    f"{one.label} {kind}", text, found.title, found.issn, found.volume,
                    found.issue, found.pages, lang=said.lang,
                )  # fmt: skip
            else:
                draft.notes.append(said)
        case _:
            draft.notes.append(said)
            draft.rest.keep_unless(f"{one.label}@descriptionType", kind, "Other")


def _places(draft: Draft, places: Node) -> None:
    """Places by name are subjects; a point or a box is kept whole, its numbers in their order."""
    for one in places.saying("geoLocation"):
        for named in one.saying("geoLocationPlace"):
            draft.subject(named, named.take(), "coverage", divide=False)
        for shape in one.children:
            draft.rest.keep(shape.label, shape.whole(" "))


def _coverage(draft: Draft, one: Node) -> None:
    draft.subject(one, one.take(), "coverage", divide=False)


def _fundings(draft: Draft, fundings: Node) -> None:
    """One statement for each grant: funder, number and title belong together."""
    for one in fundings.saying("fundingReference"):
        draft.rest.keep(one.label, one.whole("; "))


def _file(draft: Draft, one: Node) -> None:
    """OpenAIRE: an address of a file, with its media type and who may have it."""
    text = one.take()
    address, media = web_address(text), addresses.media_type(one.attributes.get("mimeType", ""))
    if not address:
        draft.rest.keep(one.label, text)
        return
    if media:
        one.attribute("mimeType")
    one_link = addresses.link(address, "fulltext")
    draft.links.append(Link(address, "fulltext", media or one_link.media_type))


def _source(draft: Draft, one: Node) -> None:
    text = one.take()
    if text:
        draft.related.append(Relation("IsDerivedFrom", text))


def _audience(draft: Draft, one: Node) -> None:
    draft.level.append(one.take())


def _citation(draft: Draft, resource: Node) -> None:
    """OpenAIRE: the journal or book a part appeared in, said in elements side by side."""
    title = resource.first("citationTitle").take()
    pages = [resource.first(f"citation{end}Page").take() for end in ("Start", "End")]
    said = Container(
        title,
        volume=resource.first("citationVolume").take(),
        issue=resource.first("citationIssue").take(),
        pages="-".join(filter(None, pages)),
    )
    if said != BLANK.container:
        draft.container = replace(said, issn=draft.container.issn)
    draft.edition.append(resource.first("citationEdition").take())


_READERS: dict[str, Callable[[Draft, Node], None]] = {
    "titles": _titles, "creators": _creators, "contributors": _contributors,
    "publisher": _publisher, "publicationYear": _year, "dates": _dates, "date": _date,
    "language": _language, "resourceType": _type, "subjects": _subjects,
    "identifier": _identifier, "alternateIdentifiers": _alternate_identifiers,
    "relatedIdentifiers": _related_identifiers, "relatedItems": _related_items,
    "sizes": _sizes, "formats": _formats, "format": _format, "rightsList": _rights_list,
    "rights": _right, "licenseCondition": _right, "descriptions": _descriptions,
    "description": _description, "geoLocations": _places, "coverage": _coverage,
    "fundingReferences": _fundings, "file": _file, "source": _source, "audience": _audience,
}  # fmt: skip
