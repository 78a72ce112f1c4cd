"""No word of any recorded record is lost, in any of the sets beside the project.

Deliberate exceptions: MARC $6 (it links fields), letters inside formatting tags and escaped
entities (`aggregator.normalize.clean` resolves them, and so do the words compared here).
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from aggregator.errors import SkipRecord
from connectors import iso2709
from connectors.crosswalks import CROSSWALKS, datacite, marc21, oai_dc
from connectors.crosswalks.marc_record import parse
from tests.shared import shared
from tests.unit.crosswalks.words import words, words_of, words_sent

pytestmark = pytest.mark.slow

YEAR = 2026
DC = "{http://www.openarchives.org/OAI/2.0/oai_dc/}dc"


def recorded_dublin_core() -> Iterator[bytes]:
    """Every oai_dc payload of the recorded OAI-PMH replies, as it stands in its page."""
    folder = shared("data", "records", "CenterForOpenScience+scrapi")
    for line in (folder / "index.jsonl").read_text("utf-8").splitlines():
        entry = json.loads(line)
        if ".xml" not in entry["file"] or not entry["records"]:
            continue
        path = folder / entry["file"]
        page = (path if path.exists() else folder / f"{entry['file']}.gz").read_bytes()
        page = gzip.decompress(page) if page.startswith(b"\x1f\x8b") else page
        try:
            root = etree.fromstring(page, etree.XMLParser(huge_tree=True))
        except etree.XMLSyntaxError:
            continue  # one reply is damaged: the page reader's business
        for element in root.iter(DC):
            yield etree.tostring(element, encoding="utf-8", with_tail=False)


def test_dublin_core() -> None:
    read = empty = 0
    for body in recorded_dublin_core():
        try:
            record = oai_dc.read(body, "s", "1", "", "", year=YEAR)
        except SkipRecord:
            assert not words_sent(body)
            empty += 1
            continue
        assert words_sent(body) <= words_of(record), body
        read += 1
    assert read > 9_300
    assert empty < 30


def recorded_datacite() -> Iterator[tuple[str, bytes]]:
    """Every DataCite description of Zenodo's recorded replies and of Bolognese's fixtures."""
    folder = shared("data", "records", "afuetterer+oaipmh-scythe")
    for path in sorted(folder.glob("unpacked/*.xml")):
        body = path.read_bytes()
        if b"datacite.org/schema" in body:
            for element in etree.fromstring(body).iter(
                "{http://datacite.org/schema/kernel-4}resource"
            ):
                yield path.name, etree.tostring(element, encoding="utf-8", with_tail=False)
    for path in sorted(shared("data", "records", "datacite+bolognese").glob("**/*.xml")):
        if b"datacite.org/schema" in path.read_bytes():
            yield path.name, path.read_bytes()


def test_datacite() -> None:
    refused, untitled, read = {}, [], 0
    for name, body in recorded_datacite():
        try:
            record = datacite.read(body, "s", "1", "", "", year=YEAR)
        except SkipRecord as reason:
            refused[name] = str(reason)
            continue
        assert words_sent(body) <= words_of(record), name
        assert record.issued.min, name
        read += 1
        untitled += [] if record.titles else [name]
    assert read >= 97
    # The one says ":unav" where its title belongs, the other's tags do not close.
    assert untitled == ["datacite-example-complicated-tba.xml"]
    assert list(refused) == ["datacite-example-relateditems.xml"]
    assert "not well-formed" in refused["datacite-example-relateditems.xml"]


def test_two_thousand_marc21_records() -> None:
    path = shared("data", "records", "solrmarc+solrmarc", "test", "data", "records")
    pieces = list(iso2709.pieces([(path / "uva_001_2000.mrc").read_bytes()]))
    assert len(pieces) == 2000
    for piece in pieces:
        assert (piece.reason, piece.problems) == ("", ())
        record = CROSSWALKS["marc21"].read(piece.body, "uva", "1", "", "")
        assert _marc_words(piece.body) <= words_of(record), piece.place
        assert record.titles
        assert record.type != "other"


@pytest.mark.parametrize(
    ("folder", "pattern", "least"),
    [
        ("lcnetdev+marc2bibframe2", "**/*.xml", 800),
        ("solrmarc+solrmarc", "**/*.xml", 80),
        ("traject+traject", "**/*.xml", 30),
        ("pulibrary+bibdata", "**/*.xml", 30),
        ("pulibrary+bibdata", "**/*.mrx", 100),
        ("metafacture+metafacture-core", "**/*.xml", 20),
    ],
)
def test_marcxml(folder: str, pattern: str, least: int) -> None:
    read = 0
    for path in sorted(shared("data", "records", folder).glob(pattern)):
        for body in _marcxml_records(path):
            try:
                record = marc21.read(body, "s", "1", "", "", year=YEAR)
            except SkipRecord as reason:
                assert "describes no work" in str(reason)
                continue
            assert _marc_words(body) <= words_of(record), path
            read += 1
    assert read >= least


def _marcxml_records(path: Path) -> Iterator[bytes]:
    try:
        root = etree.parse(path)
    except etree.XMLSyntaxError:
        return
    for element in root.iter("{*}record"):
        if element.find("{*}datafield") is not None:
            yield etree.tostring(element, encoding="utf-8", with_tail=False)


def _marc_words(body: bytes) -> set[str]:
    marc = parse(body, "")
    texts = [text for field in marc.fields for code, text in field.left if code != "6"]
    return words(*texts, *(text for _, text in marc.controls), marc.leader)
