"""Reading one response from bytes: no network, no event loop."""

import gzip
import json
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree
from sickle import oaiexceptions

from aggregator.source import LOST_LETTERS
from connectors.oai_page import (
    Damaged,
    NotOai,
    Page,
    parse_page,
    read_formats,
    read_headers,
    read_identify,
    read_sets,
    tail_token,
)
from connectors.oai_reader import ERRORS
from tests.shared import shared
from tests.unit.connectors.oai_server import DC, Item, envelope, items, listing, oai_error

DCNS = "{http://purl.org/dc/elements/1.1/}"


def read(body: bytes, **options: str) -> Page:
    return parse_page(body, "oai_dc", **options)  # type: ignore[arg-type]  # text options only


def titles(page: Page) -> list[str]:
    found = []
    for raw in page.records:
        assert raw.body is not None
        title = etree.fromstring(raw.body).find(f"{DCNS}title")
        found.append("" if title is None else title.text or "")
    return found


def one(title: str, tail: str = "</OAI-PMH>") -> bytes:
    """A page of one record between two good ones; ``title`` is put in as it is."""
    page = listing([Item("oai:x:0"), Item("oai:x:1", title="@"), Item("oai:x:2")], "next", 9)
    return page.decode().replace("@", title).replace("</OAI-PMH>", tail).encode()


def test_all_that_a_page_says() -> None:
    page = read(listing([Item("oai:x:0", sets=("a", "b")), Item("d", deleted=True)], " t&1 ", 77))
    assert [raw.id for raw in page.records] == ["oai:x:0", "d"]
    assert page.records[0].sets == ("a", "b")
    assert page.records[0].stamp == "2024-05-01T00:00:00Z"
    assert page.records[0].format == "oai_dc"
    assert page.records[0].problems == ()
    assert page.records[1].body is None
    assert (page.token, page.total, page.verb) == ("t&1", 77, "ListRecords")
    assert page.response_date == "2026-11-23T10:00:00Z"


def test_namespaces_and_languages_travel_with_the_record() -> None:
    content = (
        f'<metadata>{DC}<dc:title xml:lang="ky" xsi:nil="no">Т</dc:title></oai_dc:dc></metadata>'
    )
    page = read(listing([Item("oai:x:0", content=content)]))
    body = page.records[0].body or b""
    title = etree.fromstring(body).find(f"{DCNS}title")  # xsi is declared on the root only: case 55
    assert title is not None
    assert title.get("{http://www.w3.org/XML/1998/namespace}lang") == "ky"


@pytest.mark.parametrize("before", ["<!-- by x -->", "<?php 1?>", "<!-- a --><?b c?>\n"])
def test_25_comments_before_the_metadata_root(before: str) -> None:
    content = f"<metadata>{before}{DC}<dc:title>Т</dc:title></oai_dc:dc></metadata>"
    assert titles(read(listing([Item("oai:x:0", content=content)]))) == ["Т"]


@pytest.mark.parametrize("status", ["deleted", "Deleted", "DELETED", " deleted "])
def test_28_deletions_whatever_their_case(status: str) -> None:
    page = listing([Item("oai:x:0", deleted=True)]).replace(b'"deleted"', f'"{status}"'.encode())
    assert read(page).records[0].body is None


@pytest.mark.parametrize("code", sorted(ERRORS))
def test_each_code_has_its_exception(code: str) -> None:
    [error] = read(oai_error(code.upper(), "why")).errors
    assert type(error) is ERRORS[code]
    assert "why" in str(error)


@pytest.mark.parametrize("code", ["", "undefined", "Error"])
def test_any_other_code_is_an_error_too(code: str) -> None:
    [error] = read(oai_error(code)).errors
    assert type(error) is oaiexceptions.OAIError


def test_marcxml_records_inside_records() -> None:
    inner = (
        '<metadata><record xmlns="http://www.loc.gov/MARC21/slim"><leader>x</leader></record>'
        "</metadata>"
    )
    records = [Item(f"oai:x:{number}", content=inner) for number in range(3)]
    for body in (listing(records), listing(records).replace(b"<leader>x", b"<leader>\x03", 1)):
        page = read(body)
        assert [raw.id for raw in page.records] == ["oai:x:0", "oai:x:1", "oai:x:2"]
        assert page.rejects == ()
        assert all(b"<leader>" in (raw.body or b"") for raw in page.records)


MARK = '<resumptionToken completeListSize="9" cursor="2">t</resumptionToken>'


@pytest.mark.parametrize(
    "list_end",
    [
        f"{MARK}</ListRecords>",
        f"</ListRecords>{MARK}",
        f"{MARK}<resumptionToken/></ListRecords>",
        f"</ListRecords><ListRecords>{MARK}</ListRecords>",
        MARK.replace(">t<", "><![CDATA[t]]><") + "</ListRecords>",
    ],
)
def test_the_way_to_the_next_page_wherever_it_stands(list_end: str) -> None:
    page = read(listing(items(2)).replace(b"</ListRecords>", list_end.encode()))
    assert (page.token, page.total, page.cursor, len(page.records)) == ("t", 9, 2, 2)


@pytest.mark.parametrize("envelope_prefix", ["oai:", "o:"])
def test_56_a_prefixed_envelope(envelope_prefix: str) -> None:
    page = listing(items(2), "t").decode()
    for name in ("OAI-PMH", "responseDate", "request", "ListRecords", "record", "header",
                 "identifier", "datestamp", "metadata", "resumptionToken"):  # fmt: skip
        page = re.sub(rf"<(/?){name}\b", rf"<\1{envelope_prefix}{name}", page)
    page = page.replace("xmlns=", f"xmlns:{envelope_prefix[:-1]}=")
    for body in (page.encode(), page.replace("Ысык", "\x0b", 1).encode()):
        read_page = read(body)
        assert [raw.id for raw in read_page.records] == ["oai:x:0", "oai:x:1"]
        assert read_page.token == "t"


@pytest.mark.parametrize(
    ("namespace", "problem"),
    [
        ("", "OAI-PMH namespace is missing"),
        (' xmlns="http://x/"', "OAI-PMH namespace is http://x/"),
    ],
)
def test_56_a_missing_or_wrong_namespace(namespace: str, problem: str) -> None:
    body = listing(items(2), "t").replace(
        b' xmlns="http://www.openarchives.org/OAI/2.0/"', namespace.encode()
    )
    page = read(body)
    assert len(page.records) == 2
    assert page.token == "t"
    assert page.records[0].problems == (problem,)


REPAIRS = [
    ("51 control", "A\x03B", "A B", "control characters replaced by spaces"),
    ("51 tab stays", "A\tB\x0b", "A\tB ", "control characters replaced by spaces"),
    ("51 reference", "A&#3;B&#x1F;", "A B ", "control characters replaced by spaces"),
    ("57 declaration", '<?xml version="1.0"?>A', "A", "XML declaration inside the page removed"),
    ("58 nbsp", "A&nbsp;B", "A\xa0B", "HTML entities replaced"),
    ("58 copy", "&copy;&hellip; &amp; &lt;b&gt;", "©… & <b>", "HTML entities replaced"),
    ("58 bare", "R & D, AT&T; &", "R & D, AT&T; &", "bare & escaped"),
    ("58 unknown", "A &foo; B", "A &foo; B", "bare & escaped"),
    ("58 cdata", "<![CDATA[A & B &nbsp;]]> & C", "A & B &nbsp; & C", "bare & escaped"),
    ("less", "p < 0.05", "p < 0.05", "bare < escaped"),
]


@pytest.mark.parametrize(("title", "mended", "problem"), [row[1:] for row in REPAIRS],
                         ids=[row[0] for row in REPAIRS])  # fmt: skip
def test_a_repair_touches_one_record_and_is_named(title: str, mended: str, problem: str) -> None:
    page = read(one(title))
    assert titles(page)[1] == mended
    assert problem in page.records[1].problems
    assert page.records[0].problems == page.records[2].problems == ()
    assert (page.token, page.total) == ("next", 9)


def test_55_a_prefix_nobody_declares() -> None:
    body = one("T").replace(b"<dc:title>T", b'<dc:title xlink:href="http://x">T')
    page = read(body)
    assert titles(page)[1] == "T"
    assert page.records[1].problems == ("undeclared prefix xlink declared",)
    body = one("T").replace(b' xmlns:dc="http://purl.org/dc/elements/1.1/"', b"")
    assert titles(read(body))[1] == "T"  # and dc means what it always means


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<br />\n<b>Warning</b>: mysql in /x.php on line 3<br />\n", ""),
        ("\n\n  ", ""),
        ("\ufeff", ""),
        ('<?xml version="1.0"?>', ""),
        ("", "\n<b>Notice</b>: undefined index"),
        ("PHP Notice: x\n", "<!-- 3 ms --> bye"),
    ],
)
def test_61_what_stands_around_the_page(before: str, after: str) -> None:
    page = read(before.encode() + listing(items(3), "t") + after.encode())
    assert len(page.records) == 3
    assert page.token == "t"
    expected = before not in ("", "\ufeff") or after.strip() != ""
    assert bool(page.repairs) == expected
    assert page.records[0].problems == page.repairs


def test_61_warnings_between_records() -> None:
    body = listing(items(3)).replace(b"</record>", b"</record><br><b>Warning</b>: x", 1)
    page = read(body)
    assert len(page.records) == 3
    assert page.records[0].problems == ("text after a record cut off",)


@pytest.mark.parametrize("keep", [0.3, 0.5, 0.8, 0.99])
def test_60_a_truncated_page_is_never_read(keep: float) -> None:
    body = listing(items(30), "t", 100)
    with pytest.raises(Damaged) as caught:
        read(body[: int(len(body) * keep)])
    assert caught.value.truncated


def test_64_siblings_of_a_broken_record_come_in() -> None:
    page = read(one("<b>open"))
    assert [raw.id for raw in page.records] == ["oai:x:0", "oai:x:2"]
    assert [reject.id for reject in page.rejects] == ["oai:x:1"]
    assert b"<b>open" in page.rejects[0].body
    assert page.count == 3


RUSSIAN = "Развитие водного хозяйства и охрана горных рек: отчёт о научной работе"


@pytest.mark.parametrize("encoding", ["windows-1251", "koi8-r", "cp866"])
@pytest.mark.parametrize("header", ["", "utf-8", "iso-8859-1"])
def test_53_54_the_true_encoding_wins(encoding: str, header: str) -> None:
    body = listing([Item("oai:x:0", title=RUSSIAN)]).decode().encode(encoding)
    page = read(body, charset=header)
    assert titles(page) == [RUSSIAN]
    assert page.records[0].problems == (f"read as {encoding}, not as declared",)


@pytest.mark.parametrize("encoding", ["windows-1251", "koi8-r", "utf-16", "iso-8859-5"])
def test_an_encoding_rightly_declared_is_no_repair(encoding: str) -> None:
    text = listing([Item("oai:x:0", title=RUSSIAN)]).decode()
    page = read(text.replace('encoding="UTF-8"', f'encoding="{encoding}"').encode(encoding))
    assert titles(page) == [RUSSIAN]
    assert page.records[0].problems == ()


@pytest.mark.parametrize("claim", ["windows-1251", "iso-8859-1", "KOI8-R"])
def test_54_utf8_under_another_name(claim: str) -> None:
    body = listing([Item("oai:x:0", title=RUSSIAN)]).replace(b"UTF-8", claim.encode(), 1)
    page = read(body)
    assert titles(page) == [RUSSIAN]
    assert page.records[0].problems == ("read as utf-8, not as declared",)


def test_53_cyrillic_under_a_western_name() -> None:
    text = listing([Item("oai:x:0", title=RUSSIAN)]).decode().replace("UTF-8", "ISO-8859-1", 1)
    page = read(text.encode("windows-1251"))
    assert titles(page) == [RUSSIAN]


def test_53_a_western_page_stays_western() -> None:
    title = "Études françaises à l’université de Genève"
    text = listing([Item("oai:x:0", title=title)]).decode()
    assert titles(read(text.encode("windows-1252"))) == [title]
    declared = text.replace("UTF-8", "ISO-8859-1", 1).replace("’", "'")
    assert titles(read(declared.encode("latin-1"))) == [title.replace("’", "'")]


def test_52_only_the_bad_bytes_of_a_page_are_mended() -> None:
    good = [Item("oai:x:0", title=RUSSIAN), Item("oai:x:1", title=RUSSIAN)]
    bad = Item("oai:x:2", title="@")
    body = listing([*good, bad]).replace(b"@", "Горы и реки".encode("windows-1251"))
    page = read(body)
    assert titles(page) == [RUSSIAN, RUSSIAN, "Горы и реки"]
    assert page.records[0].problems == ()
    assert page.records[2].problems == ("bytes that are not UTF-8 read as windows-1251",)


def test_52_one_lost_letter_does_not_spoil_its_word() -> None:
    body = listing([Item("oai:x:0", title=RUSSIAN), Item("oai:x:1", title="@")])
    page = read(body.replace(b"@", "водно".encode() + b"\xd0" + "го".encode()))
    assert titles(page)[1] == "водно\ufffdго"
    assert page.records[1].problems == (LOST_LETTERS,)


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">'
    '<!ENTITY c SYSTEM "file:///etc/passwd">]>'
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-7"])
def test_63_entities_are_never_resolved(encoding: str) -> None:
    text = listing([Item("oai:x:0", title="@")]).decode().replace("@", "&b;&c;")
    text = BOMB + text.partition("?>")[2]
    if encoding == "utf-7":
        text = text.replace("<?xml", '<?xml encoding="utf-7"', 1).replace("<!", "+ADwAIQ-")
    try:
        page = read(text.encode(encoding if encoding == "utf-16" else "utf-8"))
    except (Damaged, NotOai):
        return
    assert titles(page) == ["&b;&c;"]


def test_42_a_page_of_another_kind_shows_its_first_words() -> None:
    with pytest.raises(NotOai, match="Just a moment"):
        read(b"<!DOCTYPE html><html><title>Just a moment...</title></html>")
    with pytest.raises(NotOai):
        read(b"")


def test_the_small_answers_are_sickles() -> None:
    identify = read_identify(
        envelope("<Identify><granularity>YYYY-MM-DD</granularity><!-- x --></Identify>")
    )
    assert identify is not None
    assert identify.granularity == "YYYY-MM-DD"
    assert read_identify(envelope("")) is None
    formats = envelope(
        "<ListMetadataFormats><metadataFormat><metadataPrefix>oai_dc</metadataPrefix>"
        "</metadataFormat></ListMetadataFormats>"
    )
    for body in (formats, formats.replace(b' xmlns="http://www.openarchives.org/OAI/2.0/"', b"")):
        assert [one.metadataPrefix for one in read_formats(body)] == ["oai_dc"]
    sets, token = read_sets(
        envelope(
            "<ListSets><set><setSpec>a</setSpec></set><resumptionToken>t</resumptionToken>"
            "</ListSets>"
        )
    )
    assert ([one.setSpec for one in sets], token) == (["a"], "t")
    headers, *_ = read_headers(
        envelope(
            '<ListIdentifiers><header status="Deleted"><identifier>i</identifier></header>'
            "</ListIdentifiers>"
        )
    )
    assert [(one.identifier, one.deleted) for one in headers] == [("i", True)]
    with pytest.raises(Damaged):
        read_headers(envelope(""))
    with pytest.raises(oaiexceptions.BadArgument):
        read_headers(oai_error("badArgument"))


@given(st.binary(max_size=300))
@example(b"\xff\xfe<\x00?\x00")
@example(b"<OAI-PMH")
@example(b"<OAI-PMH></OAI-PMH>")
@example(b"<x><OAI-PMH/></x>")
@example(b'<?xml version="1.0" encoding="hex"?><OAI-PMH></OAI-PMH>')
@example(b'<?xml version="1.0" encoding="\xff"?><OAI-PMH>\xff</OAI-PMH>')
def test_any_bytes_give_a_page_or_a_named_error(body: bytes) -> None:
    try:
        page = read(body)
    except (NotOai, Damaged) as error:
        assert str(error).endswith((".", "”"))
    else:
        assert isinstance(page, Page)


@given(st.data())
def test_a_page_with_any_damage_loses_no_record_silently(data: st.DataObject) -> None:
    body = bytearray(listing(items(6), "next", 6))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body) - 1))
        width = data.draw(st.sampled_from([0, 0, 1, 5, 60]))
        body[at : at + width] = data.draw(st.binary(max_size=4))
    try:
        page = read(bytes(body))
    except (NotOai, Damaged):
        return
    # What is left of the six is counted, unless the damage took the very tags of a record.
    tags = len(re.findall(rb"<record><header>", bytes(body)))
    assert page.errors or page.count >= tags or page.verb != "ListRecords"


@given(st.text(min_size=1, max_size=40))
def test_the_early_token_is_the_read_one_or_none(token: str) -> None:
    try:
        body = listing(items(1), token, 3)
        page = read(body)
    except (UnicodeEncodeError, Damaged):
        return
    if not page.repairs:
        assert tail_token(body) in ("", page.token)


@pytest.mark.parametrize("token", ["abc", "a&b<c", "q\"t'", "ключ", "  spaced  "])
def test_the_early_token_is_usually_there(token: str) -> None:
    assert tail_token(listing(items(1), token, 3)) == token.strip()


def test_every_recorded_reply_is_read() -> None:
    """The 427 recorded replies of 110 real sources: each record listed in the index comes."""
    folder = shared("data", "records", "CenterForOpenScience+scrapi")
    expected = deleted = came = tombstones = repaired = 0
    for line in (folder / "index.jsonl").read_text().splitlines():
        entry = json.loads(line)
        body = reply(folder / entry["file"])
        if not entry["records"] or b"<OAI-PMH" not in body:
            continue
        page = parse_page(body, entry.get("prefix") or "oai_dc")
        assert page.count == entry["records"], entry["file"]
        assert page.rejects == ()
        assert tail_token(body) == page.token
        expected += entry["records"]
        deleted += entry["deleted"]
        came += page.count
        tombstones += sum(raw.body is None for raw in page.records)
        repaired += sum(bool(raw.problems) for raw in page.records)
    assert (came, tombstones) == (expected, deleted)
    assert expected > 9000
    # pcurio.01 has a raw 0x0B; two others have words like "NiÃ±o" and "LÃ¶sung".
    assert repaired == 3


def reply(path: Path) -> bytes:
    body = path.read_bytes()
    return gzip.decompress(body) if path.suffix == ".gz" else body


@pytest.mark.parametrize(
    ("name", "records", "problem"),
    [
        ("sample-oai-no-namespace.xml", 10, "OAI-PMH namespace is missing"),
        ("sample-oai-pmh.xml", 10, ""),
        ("oai-pmh-one-record-first.xml", 1, ""),
    ],
)
def test_recorded_pages_with_and_without_a_namespace(name: str, records: int, problem: str) -> None:
    path = shared("data", "records", "traject+traject", "test", "test_support", name)
    page = read(path.read_bytes())
    assert page.count == records
    assert {note for raw in page.records for note in raw.problems} == (
        {problem} if problem else set()
    )


def test_sickles_own_sample_without_an_identifier() -> None:
    folder = shared("data", "records", "mloesch+sickle", "sickle", "tests", "sample_data")
    page = read((folder / "ListRecords4.xml").read_bytes())
    assert (len(page.records), len(page.rejects)) == (1, 1)
    with pytest.raises(NotOai):
        read((folder / "ListRecordsBroken.xml").read_bytes())


def test_zenodos_errors_are_read() -> None:
    folder = shared("data", "records", "afuetterer+oaipmh-scythe", "unpacked")
    [error] = read((folder / "list_records.11.xml").read_bytes()).errors
    assert type(error) is oaiexceptions.BadResumptionToken
