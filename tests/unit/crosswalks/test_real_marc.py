"""All real MARC records beside the project, in every dialect and frame, become Records.

Left out are files that hold no real records: the fragments of ``ConvSpec`` that test one field
each, and JSON that is not MARC.
"""

from collections import Counter
from pathlib import Path

import pytest

from aggregator.errors import SkipRecord
from connectors import irbis_text, iso2709
from connectors.crosswalks import CROSSWALKS
from connectors.crosswalks.marc_record import parse
from connectors.marc_charset import decode
from tests.shared import shared
from tests.unit.connectors.marc import harvest
from tests.unit.crosswalks.words import words, words_of

pytestmark = pytest.mark.slow

FILES = (
    "amironov73+ManagedIrbis/TestData/Irbis32/ibis.mst",
    "amironov73+ManagedIrbis/TestData/Irbis64/Datai/ISTU/istu.mst",
    "amironov73+ManagedIrbis/TestData/KZD.MST",
    "amironov73+ManagedIrbis/TestData/TEST1.ISO",
    "amironov73+ManagedIrbis/TestData/record.txt",
    "amironov73+ManagedIrbis/TestData/Reports/001/records.txt",
    "loge-gh+rusmarc/tests/data",
    "edsu+pymarc/test/*.dat",
    "edsu+pymarc/test/*.mrc",
    "edsu+pymarc/test/*.json",
    "edsu+pymarc/test/*.xml",
    "solrmarc+solrmarc/test/data/records",
    "traject+traject/test/test_support/*.m*rc",
    "traject+traject/test/test_support/*.json",
    "traject+traject/test/test_support/test_data.utf8.marc.xml",
    "lcnetdev+marc2bibframe2/dataset",
    "pulibrary+bibdata/**/*.mrx",
    "pulibrary+bibdata/**/*.xml",
    "metafacture+metafacture-core/**/*.xml",
    "metafacture+metafacture-core/**/read/**/*.marc21",
    "sul-dlss+searchworks_traject_indexer/**/*.jsonl",
)
ENOUGH = 0.995
REASONS = ("has no title", "describes no work", "is an issue of the journal")


async def test_nearly_all_become_records_with_a_title() -> None:
    folder = shared("data", "records")
    count = Counter[str]()
    skipped: list[str] = []
    refused = 0
    for pattern in FILES:
        raws, rejects, _ = await harvest(folder / pattern)
        refused += len(rejects)
        assert all(reject.reason for reject in rejects)
        assert raws, pattern
        for raw in raws:
            if raw.body is None:
                continue
            try:
                record = CROSSWALKS[raw.format].read(raw.body, "s", raw.id, raw.stamp, "")
            except SkipRecord as error:
                skipped.append(str(error))
                continue
            assert record.titles[0].value
            count[raw.format.partition("+")[0]] += 1
    assert all(any(reason in one for reason in REASONS) for one in skipped), skipped
    quarantined = len(skipped) + refused
    assert count.total() / (count.total() + quarantined) >= ENOUGH, (Counter(skipped), refused)
    assert count.keys() == {"marc21", "marcxml", "unimarc", "rusmarc", "irbis"}
    assert count["irbis"] > 600
    assert count["rusmarc"] == 164
    assert count.total() > 4_500


@pytest.mark.parametrize(
    "path", [Path(one) for one in FILES if "Irbis" in one or "rusmarc" in one], ids=str
)
async def test_no_word_is_lost(path: Path) -> None:
    raws, rejects, problem = await harvest(shared("data", "records") / path)
    assert (rejects, problem) == ([], "")
    for raw in raws:
        assert raw.body is not None
        try:
            record = CROSSWALKS[raw.format].read(raw.body, "s", raw.id, raw.stamp, "")
        except SkipRecord:
            continue
        lost = _words(raw.body, raw.format) - words_of(record)
        assert not lost, (raw.id, lost)


def _words(body: bytes, name: str) -> set[str]:
    """Every word of the subfields, but for what packs or links fields ($1, $6)."""
    charset = name.partition("+")[2] or "utf-8"
    if irbis_text.begins(body):
        texts = [decode(data, charset) for _, data in irbis_text.fields(body)]
        parts = [text.split("^") for text in texts]
        return words(
            *(head for head, *_ in parts), *(one[1:] for _, *rest in parts for one in rest)
        )
    assert iso2709.fields(body)
    marc = parse(body, charset)
    return words(*(text for field in marc.fields for code, text in field.left if code not in "16"))
