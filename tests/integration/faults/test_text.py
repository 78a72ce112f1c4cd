"""HARVESTING cases 51 to 64: trouble with XML and text, to the store and the status.

Each page has a damaged record between good ones; titles are compared with what the source meant.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.faults.ending import Ending, harvest
from tests.servers.faulty_wire import Asked, Say, Script, http, repository_over, wire
from tests.unit.connectors.oai_server import DC, ROOT, Item, Repository, items, listing

pytestmark = pytest.mark.slow

GOOD = "Ысык-Көлдүн суусу"
RUSSIAN = "Развитие водного хозяйства и охрана горных рек: отчёт о научной работе"
KYRGYZ = "Кыргыз тилинин түшүндүрмө сөздүгү — «Манас» № 5"


async def _harvest(folder: Path, script: Script, **options: object) -> Ending:
    async with wire(script) as server:
        return await harvest(folder, server.url, **options)  # type: ignore[arg-type]


def page_of(title: str | bytes) -> bytes:
    """Three records; ``title`` is that of the second, put in as it is."""
    page = listing([Item("oai:x:0"), Item("oai:x:1", title="@"), Item("oai:x:2")], None, 3)
    return page.replace(b"@", title.encode() if isinstance(title, str) else title)


def said(page: bytes) -> Script:
    """Every list request brings ``page``; a record by itself cannot be had."""

    def answer(asked: Asked) -> Say:
        return http(page) if asked.query["verb"] == "ListRecords" else http(b"", "404 Not Found")

    return answer


def assert_whole(ending: Ending, title: str) -> None:
    assert ending.verdict == "complete"
    assert ending.titles == {"oai:x:0": GOOD, "oai:x:1": title, "oai:x:2": GOOD}
    assert ending.quarantine == {}
    assert ending.health.state == "well"
    assert "oai:x:0" not in ending.problems


def assert_told(ending: Ending, reason: str) -> None:
    """The second record is in quarantine for a true reason, and the status says so."""
    assert ending.titles == {"oai:x:0": GOOD, "oai:x:2": GOOD}
    assert reason in ending.quarantine["oai:x:1"]
    assert ending.run.rejected == 1
    assert "could not be read: 1 of 3" in ending.words
    assert "ilim quarantine --source x" in ending.words


REPAIRED = {
    "51 a control character": ("A\x03B", "A B"),
    "51 each of them": ("A" + "".join(map(chr, range(1, 32))).replace("\n", "") + "B", "A B"),
    "51 null bytes": ("A\0\0B", "A B"),
    "51 tab and line feed stay": ("A\tB\nC\x0bD", "A B C D"),
    "51 as references": ("A&#3;B&#x1f;C&#0;D", "A B C D"),
    "51 no characters": (b"A\xef\xbf\xbeB", "A B"),
    "52 one word of windows-1251": ("Горы и реки".encode("cp1251"), "Горы и реки"),
    "52 one word of koi8-r": ("Горы и реки".encode("koi8-r"), "Горы и реки"),
    "52 one word of cp866": ("Горы и реки".encode("cp866"), "Горы и реки"),
    "52 a French word": (b"Gen\xe8ve", "Genève"),
    "52 both in one title": ("Горы, ".encode() + "реки".encode("cp1251"), "Горы, реки"),
    "52 a dash": (b"1998\x961999", "1998–1999"),
    "52 cut inside a letter": ("Горы и реки".encode()[:-1], "Горы и рек"),
    "52 a sign in two halves": (b"A \xed\xa0\xbd\xed\xb8\x80", "A 😀"),
    "52 a sign in two references": ("A &#xD83D;&#xDE00; &#55357;&#56832;", "A 😀 😀"),
    "53 encoded twice": (RUSSIAN.encode().decode("latin-1"), RUSSIAN),
    "53 encoded twice through windows-1251": (
        KYRGYZ.encode().decode("cp1251", "surrogateescape").replace("\udc98", "\x98"),
        KYRGYZ,
    ),
    "53 French encoded twice": ("GenÃ¨ve", "Genève"),
    "55 a prefix nobody declares": ('<x:i xlink:href="u">A</x:i>', "A"),
    "57 an XML declaration": ('<?xml version="1.0" encoding="UTF-8"?>A', "A"),
    "58 a bare &": ("R & D, AT&T; &", "R & D, AT&T; &"),
    "58 HTML entities": ("A&nbsp;B &copy; &laquo;C&raquo; &mdash;", "A B © «C» —"),
    "58 unknown entities": ("A &foo; B &; C", "A &foo; B &; C"),
    "58 in CDATA": ("<![CDATA[A & B]]> & C", "A & B & C"),
    "58 a bare <": ("p < 0.05 и <5 лет", "p < 0.05 и <5 лет"),
    "59 encoded twice": ("A &amp;#169; B &amp;amp; C &amp;quot;D&amp;quot;", 'A © B & C "D"'),
    "59 by name": ("&amp;laquo;A&amp;raquo; &amp;mdash; B", "«A» — B"),
    "59 no new markup": ("&amp;lt;b&amp;gt;A", "&lt;b&gt;A"),
    "59 windows signs as references": ("A &#150; &#147;B&#148;", "A – “B”"),
}


@pytest.mark.parametrize(("sent", "meant"), REPAIRED.values(), ids=REPAIRED)
async def test_51_to_59_a_title_that_can_be_mended(
    tmp_path: Path, sent: str | bytes, meant: str
) -> None:
    assert_whole(await _harvest(tmp_path, said(page_of(sent))), meant)


LOST = {
    "52 a letter inside a word": "водно".encode() + b"\xd0" + "го".encode(),
    "52 a byte of no encoding": b"A \xf5\xc1 B",
    "52 half of a sign": b"A \xed\xa0\xbd B",
}


@pytest.mark.parametrize("sent", LOST.values(), ids=LOST)
async def test_52_letters_that_are_lost_are_told(tmp_path: Path, sent: bytes) -> None:
    ending = await _harvest(tmp_path, said(page_of(sent)))
    assert_told(ending, "letters of its title")
    ending = await _harvest(tmp_path, said(page_of("Mended")), full=True)
    assert_whole(ending, "Mended")


async def test_52_elsewhere_a_lost_letter_is_only_noted(tmp_path: Path) -> None:
    page = page_of("A").replace(
        b"A</dc:title>", b"A</dc:title><dc:description>\xf5\xc1</dc:description>"
    )
    ending = await _harvest(tmp_path, said(page))
    assert_whole(ending, "A")
    assert "marked as lost" in ending.problems["oai:x:1"][0]


@pytest.mark.parametrize("encoding", ["windows-1251", "koi8-r", "cp866", "iso8859-5"])
@pytest.mark.parametrize(
    "header", ["text/xml", "text/xml; charset=utf-8", "text/xml; charset=x\udcff"]
)
@pytest.mark.parametrize("claim", ["UTF-8", "ISO-8859-1", "nonsense-8", ""])
async def test_53_54_an_encoding_that_is_not_declared(
    tmp_path: Path, encoding: str, header: str, claim: str
) -> None:
    told = f' encoding="{claim}"' if claim else ""
    text = listing([Item("oai:x:0", title=RUSSIAN)]).decode().replace(' encoding="UTF-8"', told)
    ending = await _harvest(tmp_path, lambda _: http(text.encode(encoding), Content_Type=header))
    assert (ending.verdict, ending.titles) == ("complete", {"oai:x:0": RUSSIAN})


@pytest.mark.parametrize("claim", ["windows-1251", "ISO-8859-1", "us-ascii", "utf-16", ""])
@pytest.mark.parametrize("header", ["", "text/xml; charset=windows-1251"])
async def test_54_utf8_under_another_name(tmp_path: Path, claim: str, header: str) -> None:
    told = f' encoding="{claim}"'.encode() if claim else b""
    page = listing([Item("oai:x:0", title=KYRGYZ)]).replace(b' encoding="UTF-8"', told)
    ending = await _harvest(tmp_path, lambda _: http(page, Content_Type=header))
    assert (ending.verdict, ending.titles) == ("complete", {"oai:x:0": KYRGYZ})


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"])
async def test_54_other_shapes_of_unicode(tmp_path: Path, encoding: str) -> None:
    text = listing([Item("oai:x:0", title=KYRGYZ)]).decode()
    ending = await _harvest(tmp_path, lambda _: http(text.encode(encoding)))
    assert (ending.verdict, ending.titles) == ("complete", {"oai:x:0": KYRGYZ})


async def test_53_records_in_several_encodings(tmp_path: Path) -> None:
    titles = [GOOD, RUSSIAN, KYRGYZ[:-4], RUSSIAN[:40], "Études à Genève"]
    encodings = ["utf-8", "windows-1251", "utf-8", "koi8-r", "windows-1252"]
    page = listing([Item(f"oai:x:{number}", title=f"@{number}@") for number in range(5)])
    for number, (title, encoding) in enumerate(zip(titles, encodings, strict=True)):
        page = page.replace(f"@{number}@".encode(), title.encode(encoding))
    ending = await _harvest(tmp_path, said(page))
    assert ending.verdict == "complete"
    assert list(ending.titles.values()) == titles


def _prefixed(page: bytes) -> bytes:
    for name in (b"OAI-PMH", b"responseDate", b"request", b"ListRecords", b"record", b"header",
                 b"identifier", b"datestamp", b"metadata", b"resumptionToken"):  # fmt: skip
        for mark in (b"<", b"</"):
            for end in (b">", b" "):
                page = page.replace(mark + name + end, mark + b"oai:" + name + end)
    return page.replace(b"xmlns=", b"xmlns:oai=")


ENVELOPES: dict[str, Callable[[bytes], bytes]] = {
    "55 xsi on the root only": lambda page: page.replace(b"<dc:title>", b'<dc:title xsi:nil="no">'),
    "55 dc nowhere": lambda page: page.replace(DC.encode(), b"<oai_dc:dc>"),
    "56 no namespace": lambda page: page.replace(ROOT.encode(), b"<OAI-PMH>"),
    "56 a wrong one": lambda page: page.replace(b"www.openarchives.org/OAI/2.0/\" ", b"x/\" "),
    "56 a prefix": _prefixed,
    "57 a declaration in each record": lambda page: page.replace(
        b"<metadata>", b'<metadata><?xml version="1.0"?>'
    ),
    "61 a PHP warning before": lambda page: b"<br />\n<b>Warning</b>: x in /a.php\n" + page,
    "61 blank lines before": lambda page: b"\n\n  " + page,
    "61 a BOM": lambda page: b"\xef\xbb\xbf" + page,
    "61 two BOMs": lambda page: b"\xef\xbb\xbf\xef\xbb\xbf" + page,
    "61 a notice after": lambda page: page + b"\n<b>Notice</b>: y",
    "61 a warning between": lambda page: page.replace(b"</record>", b"</record><br>Oh", 1),
    "61 a debugger's page after": lambda page: page + b"<html><script>a<b</script></html>" * 9,
    "63 a harmless DTD": lambda page: page.replace(
        b"?>\n", b'?>\n<!DOCTYPE OAI-PMH SYSTEM "http://127.0.0.1:1/x.dtd">\n'
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", ENVELOPES.values(), ids=ENVELOPES)
async def test_55_to_61_what_stands_around_the_records(
    tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    records = items(12)
    script = repository_over(Repository(records), lambda _asked, page: http(change(page)))
    ending = await _harvest(tmp_path, script)
    assert (ending.verdict, ending.run.reason) == ("complete", "")
    assert ending.titles == {item.id: GOOD for item in records}


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.9, 0.99])
async def test_60_a_page_cut_short(tmp_path: Path, keep: float) -> None:
    records = items(12)

    def cut(number: int) -> Script:
        return repository_over(
            Repository(records),
            lambda asked, page: http(
                page[: int(len(page) * keep)] if asked.number == number else page
            ),
        )

    ending = await _harvest(tmp_path, cut(1))
    assert (ending.verdict, len(ending.titles)) == ("complete", 12)

    def always(asked: Asked, page: bytes) -> Say:
        second = asked.query.get("resumptionToken", "").startswith("5|")
        alone = asked.query["verb"] == "GetRecord"
        return http(page[: int(len(page) * keep)] if second or alone else page)

    ending = await _harvest(tmp_path / "2", repository_over(Repository(records), always))
    # Smaller intervals bring what the long list did not.
    assert ending.verdict == "incomplete" or len(ending.titles) == 12
    assert set(ending.titles.values()) == {GOOD}


async def test_62_a_node_of_more_than_10_mb(tmp_path: Path) -> None:
    text = "Ысык-Көл " * 700_000
    page = page_of(f"A</dc:title><dc:description>{text}</dc:description><dc:title>B")
    assert_whole(await _harvest(tmp_path, said(page)), "A")
    ending = await _harvest(tmp_path / "2", said(page), http={"max_bytes": 1_000_000})
    assert (ending.verdict, ending.cause) == ("failed", "large")
    assert "raise `http.max_bytes`" in ending.words
    assert ending.titles == {}


async def test_64_one_bad_record_by_itself(tmp_path: Path) -> None:
    def by_itself(asked: Asked) -> Say:
        if asked.query["verb"] == "GetRecord":
            only = [Item(asked.query["identifier"], title="Mended")]
            return http(listing(only).replace(b"ListRecords>", b"GetRecord>"))
        return http(page_of("<b>open"))

    assert_whole(await _harvest(tmp_path, by_itself), "Mended")
    assert_told(await _harvest(tmp_path / "2", said(page_of("<b>open"))), "not well-formed")


async def test_64_two_records_run_together(tmp_path: Path) -> None:
    page = page_of("A").replace(
        b"<record><header><identifier>oai:x:1", b"<rec><header><identifier>oai:x:1"
    )
    ending = await _harvest(tmp_path, said(page))
    assert set(ending.quarantine) == {"oai:x:0", "oai:x:1"}
    assert ending.titles == {"oai:x:2": GOOD}
    assert ending.run.rejected == 2
