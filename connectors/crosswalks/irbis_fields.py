"""Fields that IRBIS has of its own or fills in its own way → a Draft.

Source: the lists of fields and worksheets of the IRBIS64 electronic catalogue (GPNTB of Russia)
and the records of its databases. Codes of subfields are read in lower case.
"""

from aggregator.normalize import identifier, isbn, issn, patent, web_address
from aggregator.record import Identifier, Relation, Subject, Title
from connectors.crosswalks import addresses
from connectors.crosswalks import unimarc_access_points as points
from connectors.crosswalks.isbd import sentences, stripped
from connectors.crosswalks.marc_record import Field
from connectors.crosswalks.unimarc_draft import Host, IrbisDraft
from connectors.crosswalks.unimarc_links import RELATIONS

_NOT_THERE = frozenset("246p")
"""910 ^A: ordered, lost, written off, bound into another volume: no copy to ask for."""
_COUNTED = frozenset("uc")
"""910 ^A: copies that are counted in ^1, not listed one by one."""


def title(draft: IrbisDraft, field: Field) -> None:
    """200: ^A title, ^E what explains it, ^V number of the part ("Т.2")."""
    volume, main = field.text("v"), " ; ".join(map(stripped, field.take("a")))
    subtitle = " : ".join(map(stripped, field.take("e")))
    own = sentences([stripped(volume), main])
    if volume:
        draft.parts.append(stripped(volume))
    whole = " : ".join(filter(None, [own, subtitle]))
    if draft.own:
        draft.titles.append(Title(whole, draft.lang(field, whole), "alternative"))
    else:
        draft.own, draft.subtitle, draft.designation = whole, subtitle, volume


def other_title(draft: IrbisDraft, field: Field) -> None:
    """510 ^D in another language; 517, 541 and 46 in ^A."""
    text = " : ".join(map(stripped, field.take("dae")))
    if text:
        kind = "parallel" if field.tag == "510" else "alternative"
        draft.titles.append(Title(text, "", kind))  # type: ignore[arg-type]


def imprint(draft: IrbisDraft, field: Field) -> None:
    draft.publisher += [
        draft.text(field, stripped(one)) for one in field.take("c") if stripped(one)
    ]
    draft.issued += [stripped(text) for text in field.take("d") if stripped(text)]


def physical(draft: IrbisDraft, field: Field) -> None:
    """215: ^A how many ^1 (pages where it says nothing), ^C illustrations, ^E what goes with it."""
    pages, unit = field.text("a"), field.text("1")
    if pages and (unit or pages[-1].isdigit() or pages[-1] == "]"):
        pages = f"{pages} {unit or 'с.'}"
        unit = ""
    text = " : ".join(filter(None, [pages, stripped(field.text("c"))]))
    text = " + ".join(filter(None, [text, field.text("e")]))
    if not draft.extent:
        draft.extent = text
    else:
        draft.rest.keep(f"{draft.label} 215", text)
    draft.rest.keep(f"{draft.label} 215 $1", unit)


def series(draft: IrbisDraft, field: Field) -> None:
    parts = [stripped(text) for text in field.take("aeihw")]
    number = stripped(field.text("v"))
    draft.series.append(" ; ".join(filter(None, [". ".join(filter(None, parts)), number])))


def subject(draft: IrbisDraft, field: Field) -> None:
    """606 and 607: ^A heading, the rest divides it (place, time, form)."""
    text = " -- ".join(stripped(one) for _, one in field.pairs("abcdefgho"))
    if text:
        draft.subjects.append(Subject(text, "", draft.lang(field, text)))


def section(draft: IrbisDraft, field: Field) -> None:
    """61: the section of knowledge in words."""
    draft.subjects += [Subject(text) for text in field.take(" a")]


def person_subject(draft: IrbisDraft, field: Field) -> None:
    value = points.person(draft, field)
    text = " -- ".join(filter(None, [value, *map(stripped, field.take("zk"))]))
    if text:
        draft.subjects.append(Subject(text, "", draft.lang(field, text)))


def host_creator(draft: IrbisDraft, field: Field) -> None:
    """961 and 962: people and bodies of the whole that a volume is part of."""
    if draft.designation:
        field.tag, own = ("701" if field.tag == "961" else "712"), field.tag
        points.creator(draft, field)
        field.tag = own


def relation(draft: IrbisDraft, field: Field) -> None:
    """421 to 488: author, title, volume, place, publisher and year of another item."""
    text = sentences(stripped(one) for _, one in field.pairs("xacevfdghjps"))
    if text:
        draft.related.append(Relation(RELATIONS.get(field.tag, "IsRelatedTo"), text))


def contents(draft: IrbisDraft, field: Field) -> None:
    """330, 922 and 925: what is in it, one entry a field: ^C title, ^E, ^F author, ^4 page."""
    if not any(field.has(code) for code in " ca"):
        return
    head = field.text("vn")
    who = field.text("g") or field.text("f")
    what = field.text("ca ") + "".join(f" : {one}" for one in field.take("e"))
    text = " / ".join(filter(None, [". ".join(filter(None, [head, what])), who]))
    page = field.text("4")
    draft.contents.append(draft.text(field, f"{text}. С. {page}" if page else text))


def copy(draft: IrbisDraft, field: Field) -> None:
    """910: one copy, or ^1 copies counted together (status U, C); the place is ^D.

    The shelf mark of all is 906; inventory numbers, prices and dates stay in ``other``.
    """
    status, place, said = field.text("a"), field.text("d"), field.text("1")
    draft.keep(field, "a", status)
    there = status.lower() not in _NOT_THERE
    counted = status.lower() in _COUNTED and said.isascii() and said.isdigit() and len(said) < 6
    if there:
        draft.holdings.append((place, "", max(int(said), 1) if counted else 1))
    draft.rest.keep_unless(f"{draft.label} 910 $d", place, *([place] if there else []))
    draft.rest.keep(f"{draft.label} 910 $1", said)


def located(draft: IrbisDraft, field: Field) -> None:
    """902: who keeps it."""
    draft.keeper = draft.keeper or field.text("a")


def shelf_mark(draft: IrbisDraft, field: Field) -> None:
    text = field.text(" a")
    draft.shelf = draft.shelf or text
    draft.keep(field, "a", text, draft.shelf)


def author_mark(draft: IrbisDraft, field: Field) -> None:
    text = field.text(" a")
    draft.author_mark = draft.author_mark or text
    draft.rest.keep(f"{draft.label} 908", text)


def shelved(draft: IrbisDraft) -> None:
    """Write keeper and shelf mark into all holdings."""
    shelf = draft.shelf
    if shelf and draft.author_mark and draft.author_mark not in shelf:
        shelf = f"{shelf} {draft.author_mark}"
    if draft.shelf and not draft.holdings:
        draft.rest.keep(f"{draft.label} 906", draft.shelf)
    if draft.keeper and not draft.holdings:
        draft.rest.keep(f"{draft.label} 902 $a", draft.keeper)
    draft.holdings = [
        (", ".join(filter(None, [draft.keeper, place])), shelf, count)
        for place, _, count in draft.holdings
    ]


def host(draft: IrbisDraft, field: Field) -> None:
    """461: the whole of a volume, or the journal of an issue (^C, ^W its cipher)."""
    last = next((one for one in reversed(draft.hosts) if one.tag == "461"), None)
    if last is not None and last.title:  # none comes after one with a title
        return
    author = field.text("x") if draft.designation else ""
    code = field.text("w")
    draft.rest.keep(f"{draft.label} 461 $w", code)
    names = filter(None, [stripped(field.text("c")), stripped(field.text("e"))])
    publisher, number = field.text("g"), field.text("i")
    if publisher and draft.designation:
        draft.publisher.append(draft.text(field, stripped(publisher)))
    else:
        draft.rest.keep(f"{draft.label} 461 $g", publisher)
    draft.hosts.append(
        Host("461", " : ".join(names), author, isbn=number if isbn(number) else "", code=code)
    )
    draft.rest.keep(f"{draft.label} 461 $i", "" if isbn(number) else number)


def source_of(draft: IrbisDraft, field: Field) -> None:
    """463: where an article stands: ^C title, ^J year, ^V volume, ^H or ^A issue, ^S pages."""
    said = {
        "title": stripped(field.text("c")), "year": field.text("j"), "volume": field.text("v"),
        "issue": field.text("h") or field.text("a"), "pages": field.text("s"),
        "code": field.text("w"),
    }  # fmt: skip
    draft.rest.keep(f"{draft.label} 463 $w", said["code"])
    if not any(text for name, text in said.items() if name != "code"):
        return  # an issue that is bound into another volume
    if draft.hosts:  # the same article in a second place
        words = ", ".join(text for name, text in said.items() if text and name != "code")
        if words:
            draft.related.append(Relation("IsPartOf", words))
        return
    draft.hosts.append(Host("463", **said))


def source_number(draft: IrbisDraft, field: Field) -> None:
    """963 ^I: ISSN or ISBN of the host."""
    for text in field.take("i"):
        serial = issn(text) or issn(f"{text[:4]}-{text[4:]}")
        if serial and not any(one.issn for one in draft.hosts):
            draft.hosts.append(Host("963", issn=serial))
        elif isbn(text):
            draft.related.append(Relation("IsPartOf", f"ISBN {text}"))
        draft.keep(field, "i", text, serial, text if isbn(text) else "")


def address(draft: IrbisDraft, field: Field) -> None:
    """951: ^I an address on the web, ^A a file of the library's own, ^T what it is."""
    for text in field.take("i"):
        url = web_address(text)
        if url:
            draft.links.append(addresses.link(url))
            known = identifier(url)
            draft.identifiers += [known] if known.scheme in ("doi", "hdl") else []
        else:
            draft.rest.keep(f"{draft.label} 951 $i", text)


def cipher(draft: IrbisDraft, field: Field) -> None:
    """903: what the record is called in its database; other records point to it."""
    draft.identifiers += [Identifier("local", text[:1000]) for text in field.take(" ")]


def document_number(draft: IrbisDraft, field: Field) -> None:
    """982: number of a patent (^S country, ^9 number, ^0 "Пат."), a standard, a report."""
    kind, country, number = field.text("0"), field.text("s"), field.text("9")
    known = patent(country + number) if kind.lower().startswith("пат") else None
    if known is not None:
        draft.identifiers.append(known)
        draft.kind = "patent"
    held = known.value if known is not None else ""
    draft.keep(field, "0", kind)
    draft.keep(field, "s", country, held)
    draft.keep(field, "9", number, held)


def worksheet(draft: IrbisDraft, field: Field) -> None:
    text = field.text(" a")
    draft.worksheet = draft.worksheet or text.upper()
    draft.rest.keep(f"{draft.label} 920", text)


def issue_part(draft: IrbisDraft, field: Field) -> None:
    """933 cipher of the journal, 934 year, 935 volume, 936 number of an issue."""
    text = field.text(" a")
    draft.numbering.setdefault(field.tag, text)
    draft.rest.keep(f"{draft.label} {field.tag}", text)


def event(draft: IrbisDraft, field: Field) -> None:
    """972 ^A a conference, 309 ^T an event of the calendar: a title where nothing else is one."""
    code = "t" if field.tag == "309" else "a"
    for text in field.take(code):
        draft.events.append((field.tag, text))
