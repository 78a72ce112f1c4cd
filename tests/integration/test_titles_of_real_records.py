"""How many of the real records of ILIM_SHARED become Records with a title, format by format.

The title is compared with what the bytes say where another reader finds it: ElementTree in XML,
the directory of ISO 2709 read by hand, a pattern in the text of IRBIS.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from html import unescape
from xml.etree import ElementTree

import pytest

from aggregator.errors import SkipRecord
from aggregator.reading import understand
from aggregator.source import Raw
from connectors.crosswalks import CROSSWALKS
from tests.shared import shared
from tests.unit.connectors.marc import harvest
from tests.unit.crosswalks.test_real_marc import FILES
from tests.unit.crosswalks.test_real_records import recorded_datacite, recorded_dublin_core

pytestmark = pytest.mark.slow

# Format -> records, those with a title, and those in quarantine by the reason that begins so: it
# describes nothing, has no title, is not well-formed, is an issue of a journal that is not there.
FIGURES = {
    "oai_dc": (9334, 9202, {"The record describes nothing": 132}),
    "datacite": (98, 96, {"The record is not": 1}),
    "marc21": (3154, 3147, {"The record has no": 7}),
    "marcxml": (1003, 1001, {"The record has no": 2}),
    "rusmarc": (164, 164, {}),
    "unimarc": (1, 1, {}),
    "irbis": (611, 608, {"The record has no": 1, "The record is an": 2}),
}


async def test_nearly_all_real_records_have_the_title_their_bytes_say() -> None:
    came, titled, refused = Counter[str](), Counter[str](), dict[str, Counter[str]]()
    compared = 0
    async for raw in recorded():
        name = raw.format.partition("+")[0]
        came[name] += 1
        assert raw.body is not None
        try:
            record, _, _ = understand(raw, "s", "", CROSSWALKS)
        except SkipRecord as reason:
            beginning = " ".join(str(reason).split()[:4]).strip(":.")
            refused.setdefault(name, Counter())[beginning] += 1
            continue
        titled[name] += bool(record.titles)
        said = words(title_in(raw.body, raw.format))
        compared += bool(said)
        assert said <= words(" ".join(title.value for title in record.titles)), raw.body
    for name, count in came.items():
        print(f"{name}: {count} came, {titled[name]} with a title; refused: {refused.get(name)}")
    print(f"{titled.total()} of {came.total()}: {titled.total() / came.total():.3%}, {compared=}")
    assert {
        name: (came[name], titled[name], dict(refused.get(name, {}))) for name in came
    } == FIGURES


async def recorded() -> AsyncIterator[Raw]:
    """Every recorded record in a format that has a crosswalk."""
    for number, body in enumerate(recorded_dublin_core()):
        yield Raw(str(number), body, "oai_dc")
    for name, body in recorded_datacite():
        yield Raw(name, body, "datacite")
    for pattern in FILES:
        raws, _, _ = await harvest(shared("data", "records") / pattern)
        for raw in raws:
            if raw.body is not None:
                yield raw


def words(text: str) -> set[str]:
    """Words without tags, entities and signs, as two readers can compare them."""
    for _ in range(3):
        text = unescape(text)
    text = unicodedata.normalize("NFC", re.sub(r"<[^>]*>|\xad", "", text))
    return set(re.findall(r"[^\W_]+", text.casefold()))


def title_in(body: bytes, format: str) -> str:
    """The first title in the bytes; "" where these readers find none."""
    name, _, charset = format.partition("+")
    tag = "200" if name in ("unimarc", "rusmarc", "irbis") else "245"
    if body.lstrip()[:1] == b"<":
        return next(filter(None, in_xml(body, tag)), "")
    if body.lstrip()[:1] == b"{":
        fields = json.loads(body, strict=False)["fields"]
        parts = [field[tag]["subfields"] for field in fields if tag in field]
        return next((part["a"] for part in parts[0] if "a" in part), "") if parts else ""
    if charset == "marc-8" and not body.isascii():
        return ""  # only that reader itself could say
    text = in_text(body) if body.lstrip()[:1] == b"#" else in_iso2709(body, tag)
    return text.decode(charset if charset not in ("", "marc-8") else "utf-8", "replace")


def in_xml(body: bytes, tag: str) -> Iterator[str]:
    root = ElementTree.fromstring(body)
    for element in root.iter():
        kind = element.tag.rpartition("}")[2]
        if kind == "datafield" and element.get("tag") == tag:
            yield from (part.text or "" for part in element if part.get("code") == "a")
        elif kind == "title":
            yield "".join(element.itertext()).strip().replace(":unav", "")


def in_iso2709(body: bytes, tag: str) -> bytes:
    """Subfield a of the first field with this tag where the directory says that one begins."""
    head, _, data = body.partition(b"\x1e")
    for at in range(24, len(head) - 11, 12):
        start = head[at + 7 : at + 12]
        if head[at : at + 3] == tag.encode() and start.isdigit():
            field = data[int(start) :].partition(b"\x1e")[0]
            return field.partition(b"\x1fa")[2].partition(b"\x1f")[0]
    return b""


def in_text(body: bytes) -> bytes:
    found = re.search(rb"^#200: ?[^\r\n]*?\^[aA]([^^\r\n]*)", body, re.MULTILINE)
    return found[1] if found is not None else b""
