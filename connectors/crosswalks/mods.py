"""MODS 3.0 to 3.8 → a Record.

Source: the Metadata Object Description Schema of the Library of Congress and its user
guidelines. Elements are told by their names without a namespace.
"""

from collections.abc import Callable, Iterator

from aggregator.errors import SkipRecord
from aggregator.normalize import container, issn, role, web_address
from aggregator.record import Container, Holding, Record, Relation, Thesis
from aggregator.wording import say
from connectors.crosswalks import addresses
from connectors.crosswalks.draft import BLANK, Draft
from connectors.crosswalks.node import Node, node
from connectors.crosswalks.remainder import Remainder
from connectors.crosswalks.strict_xml import of_another_kind, parse_xml, saying_nothing

VERSION = 2

_PREFIXES = {"http://www.loc.gov/mods/v3": "mods", "http://www.loc.gov/mods/": "mods"}

_TYPES = {
    "cartographic": "map", "notated music": "score", "sound recording": "sound",
    "sound recording-musical": "sound", "sound recording-nonmusical": "sound",
    "still image": "image", "moving image": "video", "software, multimedia": "software",
}  # fmt: skip
"""typeOfResource -> type, where it names one; "text" may be anything."""

_ISSUANCE = {
    "monographic": "book", "single unit": "book", "multipart monograph": "book",
    "continuing": "journal", "serial": "journal", "integrating resource": "website",
}  # fmt: skip
"""originInfo/issuance -> type of a text whose genre is not said."""

_RELATIONS = {
    "host": "IsPartOf", "series": "IsPartOf", "preceding": "Continues",
    "succeeding": "IsContinuedBy", "original": "IsVariantFormOf", "constituent": "HasPart",
    "otherVersion": "IsVersionOf", "otherFormat": "IsVariantFormOf",
    "isReferencedBy": "IsReferencedBy", "references": "References", "reviewOf": "Reviews",
}  # fmt: skip
"""relatedItem@type -> DataCite's relation."""

_DATES = {
    "dateIssued": "issued", "copyrightDate": "copyright", "dateCreated": "created",
}  # fmt: skip
_ISSUED = ("issued", "part", "copyright", "created")


def read(body: bytes, source: str, local_id: str, stamp: str, default: str, *, year: int) -> Record:
    """The Record of one MODS payload; ``year`` is the current one, a bound for dates.

    Raises SkipRecord for unreadable XML, another root, or no content at all.
    """
    root = node(parse_xml(body), _PREFIXES, "mods")
    mods = _description(root)
    rest = Remainder()
    draft = Draft(default, year, rest)
    roles = any(name.first("role").name for name in mods.all("name"))
    for element in mods.children:
        if element.name == "name":
            _name(draft, element, roles)
        elif element.name in _READERS:
            _READERS[element.name](draft, element)
    root.leave(rest)
    return draft.record(source, local_id, stamp, _ISSUED)


def _description(root: Node) -> Node:
    found = root
    if root.name == "modsCollection":
        held = list(root.all("mods"))
        if len(held) != 1:
            raise SkipRecord(
                say(
                    "The record is a <modsCollection> of {count}, it must hold one.",
                    count=len(held),
                )
            )
        (found,) = held
    elif root.name != "mods":
        raise of_another_kind("MODS", root.name)
    if not found.says():
        raise saying_nothing("MODS")
    return found


def _titled(draft: Draft, info: Node) -> str:
    """The parts of a titleInfo in one line: non-sorting word, title, subtitle, number, name."""
    text = ""
    for one in info.children:
        said = one.take()
        if not said or one.name not in ("nonSort", "title", "subTitle", "partNumber", "partName"):
            draft.rest.keep(one.label, said)
            continue
        before = {"subTitle": " : ", "partNumber": ". ", "partName": ". "}.get(one.name, " ")
        if text.endswith(("'", "’", "-")) and one.name == "title":  # L'art
            before = ""
        text += (before if text else "") + said
    return text


def _title(draft: Draft, info: Node) -> None:
    """Of titles without a type the first is the main one, or the one that is called primary."""
    if not info.says():
        return
    kind, usage = info.attributes.get("type", ""), info.one_of("usage", "primary")
    draft.parts += [one.text for one in info.all("partNumber", "partName")]
    text = _titled(draft, info)
    main = None if draft.main is None else draft.titles[draft.main]
    if kind:
        info.one_of("type", "translated", "alternative")
        draft.title(info, text, "parallel" if kind == "translated" else "alternative")
    elif usage and main is not None:
        draft.demote_main()
        draft.title(info, text)
    else:
        other = main is not None and main.lang != draft.lang(info, text)
        draft.title(info, text, "parallel" if other else "main")


def _name(draft: Draft, name: Node, roles: bool) -> None:
    """Without any role in the record its names are authors; beside roles they are contributors."""
    parts: dict[str, list[str]] = {}
    for one in name.saying("namePart"):
        parts.setdefault(one.attribute("type"), []).append(one.take())
    family, given = " ".join(parts.pop("family", [])), " ".join(parts.pop("given", []))
    structured = ", ".join(filter(None, (family, given)))
    plain = ". ".join(parts.pop("", []))
    address, terms = ", ".join(parts.pop("termsOfAddress", [])), parts.pop("date", [])
    shown = name.first("displayForm")
    text = ", ".join(filter(None, (structured or plain or shown.text, address)))
    if structured and plain:
        draft.rest.keep(f"{name.label}/namePart", plain)
    draft.rest.keep_unless(shown.label, shown.take(), text)
    for years in terms:
        draft.rest.keep(f"{name.label}/namePart date", ": ".join(filter(None, (text, years))))
    for kind, words in parts.items():
        for word in words:
            draft.rest.keep(f"{name.label}/namePart {kind}", word)
    codes = _roles(draft, name, text)
    if not codes:
        codes = ["aut" if name.attributes.get("usage") == "primary" or not roles else "ctb"]
    if text:
        name.one_of("usage", "primary")
        if not name.one_of("type", "personal"):
            kind = name.attribute("type")
            draft.rest.keep(f"{name.label} {kind}", text if kind else "")
    numbers = [
        (f"{one.label} {one.attribute('type')}".rstrip(), one.take())
        for one in name.saying("nameIdentifier")
    ]
    address = name.attributes.get("valueURI", "")
    if "orcid.org" in address:
        numbers.append((f"{name.label}@valueURI", name.attribute("valueURI")))
    of = "; ".join(filter(None, (one.whole() for one in name.all("affiliation"))))
    for code in codes:
        draft.creator(name, text, code, numbers, of)


def _roles(draft: Draft, name: Node, text: str) -> list[str]:
    """Each role is one code, of its terms that in code before the words. Words that the code
    does not say are kept with the name."""
    found = []
    for one in name.saying("role"):
        terms = sorted(
            one.saying("roleTerm"), key=lambda term: term.attributes.get("type") != "code"
        )
        code = next(filter(None, (role(term.text) for term in terms)), "")
        for term in terms:
            term.one_of("type", "code", "text")
            term.one_of("authority", "marcrelator")
            said = term.take()
            if role(said) != code or not code:
                draft.rest.keep(one.label, ": ".join(filter(None, (text, said))))
            else:
                draft.rest.keep_unless(one.label, said, code)
        found += [code] if code else []
    return list(dict.fromkeys(found))


def _type(draft: Draft, one: Node) -> None:
    text = one.take()
    draft.kind("", _TYPES.get(text.lower(), ""), 1)
    draft.kind(one.label, text, 1)


def _genre(draft: Draft, one: Node) -> None:
    """Goes before typeOfResource, which is broader, wherever it stands."""
    draft.kind(one.label, one.take())


def _origin(draft: Draft, origin: Node) -> None:
    event = origin.attributes.get("eventType", "")
    published = event in ("", "publication")
    for one in origin.children:
        match one.name:
            case "publisher":
                text = one.take()
                if text and published:
                    draft.publisher.append(draft.text(one, text))
                else:
                    draft.rest.keep(f"{one.label} {event}", text)
            case "edition":
                draft.edition.append(one.take())
            case "issuance":
                text = one.take()
                draft.rest.keep(one.label, text)
                draft.kind("", _ISSUANCE.get(text.lower(), ""), 2)
    for name, kind in _DATES.items():
        text = _date(origin, name)
        made = not published and name == "dateIssued"  # of a reprint, a performance, a copy
        draft.date(f"{origin.label}/{name}", "other" if made else kind, text)


def _date(origin: Node, name: str) -> str:
    """The words of one kind of date: the key date or the first, with the end of its range.

    The same date is often said twice, in words and in an encoding (w3cdtf, marc)."""
    said = [one for one in origin.all(name) if one.text]
    if not said:
        return ""
    ends = [one for one in said if one.attributes.get("point") == "end"]
    starts = [one for one in said if one not in ends]
    best = sorted(starts, key=lambda one: (not one.attributes.get("encoding"),
                                           one.attributes.get("keyDate") != "yes"))  # fmt: skip
    chosen = best[:1] + [one for one in ends if not best or best[0].attributes.get("point")][:1]
    for one in chosen:
        one.one_of("encoding", "w3cdtf", "marc", "iso8601", "edtf", "temper")
        one.one_of("keyDate", "yes")
        one.one_of("point", "start", "end")
    return "/".join(one.take() for one in chosen)


def _language(draft: Draft, one: Node) -> None:
    part = one.attributes.get("objectPart", "")
    for term in one.all("languageTerm"):
        if part:  # of the summary, say, not of the whole
            continue
        term.one_of("type", "code", "text")
        term.one_of("authority", "iso639-2b", "iso639-3", "rfc3066", "rfc4646", "rfc5646")
        draft.tongue(term)


def _physical(draft: Draft, one: Node) -> None:
    for part in one.children:
        text = part.take()
        if part.name == "extent":
            unit = part.attribute("unit") if text else ""
            draft.extent.append(" ".join(filter(None, (text, unit))))
        elif part.name == "internetMediaType":
            media = addresses.media_type(text)
            draft.media |= {media} if media else set()
            draft.rest.keep(part.label, text)
        elif part.name == "note" and text:
            draft.notes.append(draft.text(part, text))
        else:
            part.text = text


def _abstract(draft: Draft, one: Node) -> None:
    draft.abstracts.append(draft.text(one, one.whole()))


def _contents(draft: Draft, one: Node) -> None:
    draft.contents.append(draft.text(one, one.whole()))


def _audience(draft: Draft, one: Node) -> None:
    draft.level.append(one.take())


def _note(draft: Draft, one: Node) -> None:
    text = one.whole()
    if text:
        draft.notes.append(draft.text(one, text))


def _subject(draft: Draft, subject: Node) -> None:
    """The divisions of a heading in one term; coordinates and codes are no terms: kept."""
    scheme = subject.attribute("authority")
    terms, places_only = [], True
    plain = [one.name for one in subject.children] == ["topic"]
    for one in subject.children:
        if one.name in ("geographicCode", "cartographics"):
            continue
        if one.name == "name":
            text = one.whole(", ")
        elif one.name == "titleInfo":
            text = _titled(draft, one)
        else:
            text = one.whole(" -- " if one.name == "hierarchicalGeographic" else " ")
        own = one.attribute("authority")
        scheme = scheme or own
        draft.rest.keep_unless(f"{one.label}@authority", own, scheme)
        if text:
            terms.append(text)
            places_only &= one.name in ("geographic", "hierarchicalGeographic")
    text = " -- ".join(terms)
    if places_only and not scheme:
        scheme = "coverage"
    if text:
        draft.subject(subject, text, scheme, divide=plain and not scheme)
    else:
        draft.rest.keep(f"{subject.label}@authority", scheme if scheme != "coverage" else "")


def _classification(draft: Draft, one: Node) -> None:
    if one.text:
        draft.subject(one, one.take(), one.attribute("authority"), divide=False)


def _identifier(draft: Draft, one: Node) -> None:
    """One that is said to be invalid must join nothing: it is kept as text."""
    if not one.text or one.attributes.get("invalid") == "yes":
        return
    draft.identify(one, one.take(), one.attribute("type"))


def _location(draft: Draft, location: Node) -> None:
    library = "; ".join(filter(None, (one.take() for one in location.all("physicalLocation"))))
    marks = [one.take() for one in location.all("shelfLocator")]
    copies = [
        copy for held in location.all("holdingSimple") for copy in held.all("copyInformation")
    ]
    for copy in copies:
        parts = [library, *(one.take() for one in copy.all("subLocation"))]
        mark = "; ".join(filter(None, (one.take() for one in copy.all("shelfLocator"))))
        draft.holdings.append(Holding(", ".join(filter(None, parts)), mark))
    if (library or any(marks)) and (any(marks) or not copies):
        draft.holdings.append(Holding(library, "; ".join(filter(None, marks))))
    for one in location.all("url"):
        _url(draft, one)


def _url(draft: Draft, one: Node) -> None:
    address = web_address(one.text)
    if not address:
        return
    access = one.one_of("access", "preview", "raw object", "object in context")
    draft.rest.keep_unless(one.label, one.take(), address)
    kind: addresses.Kind | None = None
    if access == "preview":
        kind = "thumbnail"
    elif access == "raw object":
        kind = "fulltext"
    elif access or one.one_of("usage", "primary", "primary display"):
        kind = "landing" if not addresses.link(address).media_type else None
    draft.links.append(addresses.link(address, kind))


def _conditions(draft: Draft, one: Node) -> None:
    text, address = one.whole(), one.attribute("xlink:href")
    draft.right(one, text, address)


def _related(draft: Draft, item: Node) -> None:
    """The first host is the container and its series the series; others are told in their words."""
    kind = item.attributes.get("type", "")
    if kind == "host" and draft.container == BLANK.container:
        _host(draft, item)
    elif kind == "series":
        draft.series += filter(None, (_titled(draft, info) for info in item.all("titleInfo")))
    address = item.attribute("xlink:href")
    whole = "; ".join(filter(None, (item.whole("; "), address)))
    if whole:
        draft.related.append(Relation(_RELATIONS.get(kind, "IsRelatedTo"), whole))
        item.one_of("type", *_RELATIONS)


def _host(draft: Draft, item: Node) -> None:
    infos = list(item.all("titleInfo"))
    title = _titled(draft, infos[0]) if infos else ""
    number = ""
    for one in item.all("identifier"):
        value = issn(one.text) if "issn" in one.attributes.get("type", "").lower() else ""
        if value and not number:
            number = value
            one.take()
            one.attribute("type")
    said = Container(title, number)
    for part in item.all("part"):
        said = _part_of(draft, part, said)
    draft.container = said
    for origin in item.all("originInfo"):
        draft.date(f"{origin.label}/dateIssued", "part", _date(origin, "dateIssued"))


def _part_of(draft: Draft, part: Node, said: Container) -> Container:
    """Volume, issue and pages of a ``part``; its date is one of the whole it is in."""
    found = {"volume": said.volume, "issue": said.issue, "pages": said.pages}
    for one in part.all("detail"):
        kind = one.attributes.get("type", "").lower()
        place = {"volume": "volume", "issue": "issue", "number": "issue"}.get(kind)
        number = one.first("number")
        if place and number.text and not found[place]:
            one.one_of("type", kind)
            found[place] = number.take()
            caption = one.first("caption")
            draft.rest.keep(f"{one.label} {place}", caption.take())
    for one in part.all("extent"):
        start, end = one.first("start"), one.first("end")
        if start.text and not found["pages"]:
            one.one_of("unit", "page", "pages")
            found["pages"] = "-".join(filter(None, (start.take(), end.take())))
        elif one.first("list").text and not found["pages"]:
            found["pages"] = one.first("list").take()
    draft.date(f"{part.label}/date", "part", _date(part, "date"))
    words = part.first("text")
    if words.text and not any(found.values()):
        told = container(words.text)
        found = {"volume": told.volume, "issue": told.issue, "pages": told.pages}
    return Container(said.title, said.issn, **found)


def _part(draft: Draft, part: Node) -> None:
    """A part at the top says where this thing stands in its host."""
    draft.container = _part_of(draft, part, draft.container)


def _extension(draft: Draft, extension: Node) -> None:
    """Repositories of theses put ETD-MS's degree here; nothing else is known by its name."""
    for degree in _below(extension, "degree"):
        name, level, grantor = (degree.first(part) for part in ("name", "level", "grantor"))
        if draft.thesis is None and (name.text or level.text or grantor.text):
            draft.thesis = Thesis((name if name.text else level).take(), grantor.take())


def _below(element: Node, name: str) -> Iterator[Node]:
    for child in element.children:
        if child.name == name:
            yield child
        yield from _below(child, name)


def _record_info(draft: Draft, info: Node) -> None:
    for one in info.all("recordIdentifier"):
        draft.identify(one, one.take(), "")


_READERS: dict[str, Callable[[Draft, Node], None]] = {
    "titleInfo": _title, "typeOfResource": _type, "genre": _genre, "originInfo": _origin,
    "language": _language, "physicalDescription": _physical, "abstract": _abstract,
    "tableOfContents": _contents, "targetAudience": _audience, "note": _note,
    "subject": _subject, "classification": _classification, "identifier": _identifier,
    "location": _location, "accessCondition": _conditions, "relatedItem": _related,
    "part": _part, "extension": _extension, "recordInfo": _record_info,
}  # fmt: skip
