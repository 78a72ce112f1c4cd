"""The quirks seen in recorded replies of real repositories, each with what it must become.

What nobody recorded on its own (a notice of PHP, some control characters) is put into a real page.
"""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from aggregator.errors import ConfigError
from aggregator.harvest import Harvester, Limits
from aggregator.store.catalogue import Catalogue
from connectors.crosswalks import CROSSWALKS
from connectors.discovery import look
from connectors.http_settings import HttpSettings
from connectors.registry import connect
from connectors.table import TableConfig
from tests.integration.replies import Reply, exactly, load, pages, playing
from tests.integration.test_recorded_replies import (
    NAMES,
    arrived,
    catalogue,
    expected_title,
    harvest,
    letters,
    main_title,
    scrapi,
)
from tests.shared import shared

pytestmark = pytest.mark.slow
__all__ = ["catalogue"]

ZENODO = "/https/zenodo.org/oai2d"
AT_ONCE = HttpSettings(interval=0, retries=0)


def zenodo() -> list[Reply]:
    return load(shared("data", "records", "afuetterer+oaipmh-scythe", "unpacked"))


def changed(reply: Reply, folder: Path, body: bytes) -> Reply:
    """A recorded reply with other bytes."""
    file = folder / "changed.xml"
    file.write_bytes(body)
    return replace(reply, path=file)


# --- Zenodo, 2026: errors come as HTTP 422 -----------------------------------------------------


async def test_zenodo_is_found_with_its_formats_and_sets() -> None:
    """Each of its replies asks to wait (Retry-After), though it is HTTP 200."""
    assert all("retry-after" in reply.headers for reply in zenodo() if reply.place == ZENODO)
    async with playing(zenodo(), exactly) as (here, asked):
        found = await look(here + ZENODO, http=AT_ONCE)
    assert (found.connector, found.name) == ("oai_pmh", "Zenodo")
    assert "datacite" in found.formats and found.prefix != "oai_dc"
    assert found.sets[0] == ("user-harmonic-radar", "Harmonic Radar")
    assert len(asked) == 3


async def test_pages_of_zenodo_that_were_cut_are_noticed(catalogue: Catalogue) -> None:
    """Of each page of fifty three records were kept; the next one's cursor tells it."""
    replies = zenodo()
    told = [one for reply in replies if _of_plain_list(reply) for one in reply.told()]
    run = await harvest(replies, ZENODO, catalogue, exactly)
    records = await arrived(catalogue)
    living = [one for one in told if not one.deleted]
    assert (len(told), run.new, run.deleted) == (9, 8, 1)
    assert records.keys() == {one.id for one in living}
    assert run.verdict == "incomplete" and "left out 47 of them between two pages" in run.reason
    for one in living:
        assert main_title(records[one.id]) == expected_title(one)


def _of_plain_list(reply: Reply) -> bool:
    query = dict(reply.query)
    plain = query == {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
    return plain or (reply.status == 200 and query.keys() == {"verb", "resumptionToken"}
                     and query["verb"] == "ListRecords")  # fmt: skip


async def test_an_error_of_oai_pmh_is_heard_though_it_is_http_422(catalogue: Catalogue) -> None:
    """What Zenodo answers for a format that it does not have is badArgument, not what the
    standard says; for a set that it does not have, noRecordsMatch."""
    replies = [_for_format(reply, "oai_dc") for reply in zenodo() if _asks_for("XXX", reply)]
    others = [reply for reply in zenodo() if not _of_plain_list(reply)]
    run = await harvest([*replies, *others], ZENODO, catalogue, exactly)
    assert run.verdict == "failed"
    assert "metadataPrefix does not exist" in run.reason and "datacite" in run.reason
    run = await harvest(zenodo(), ZENODO, catalogue, exactly, sets=["XXX"])
    assert run.verdict == "incomplete" and "The source has no set" in run.reason, run


def _asks_for(format: str, reply: Reply) -> bool:
    return reply.verb == "ListRecords" and reply.query.get("metadataPrefix") == format


def _for_format(reply: Reply, format: str) -> Reply:
    query = {**reply.query, "metadataPrefix": format}
    return Reply(reply.place, query, reply.status, reply.headers, reply.path)


async def test_a_page_for_people_is_no_repository() -> None:
    """The recorded answer to Identify is an HTML page."""
    async with playing(zenodo(), exactly) as (here, _):
        with pytest.raises(ConfigError, match="usual addresses"):
            await look(f"{here}/https/httpbun.com/html", http=AT_ONCE)
        found = await look(f"{here}/https/www.e-periodica.ch/oai/dataprovider", http=AT_ONCE)
    assert (found.name, found.contact) == ("repository.prod", "webmaster@e-periodica.ch")
    assert found.earliest == "2013-12-09" and found.formats == () and found.prefix == "oai_dc"


# --- single pages ------------------------------------------------------------------------------


def place(ending: str) -> str:
    [found] = {reply.place for reply in scrapi() if reply.place.endswith(ending)}
    return found


async def test_a_datestamp_without_its_z(catalogue: Catalogue) -> None:
    noaa = place("nodc.noaa.gov/cgi-bin/oai-pmh")
    [page] = pages(scrapi(), noaa)
    stamps = re.findall(rb"<datestamp>([^<]*)</datestamp>", page.body)
    assert stamps and not any(stamp.endswith(b"Z") for stamp in stamps)
    assert (await harvest(scrapi(), noaa, catalogue)).verdict == "complete"
    assert len(await arrived(catalogue)) == len(stamps)
    # What changed since is asked for by the source's own clock, and again brings them all.
    again = await harvest(scrapi(), noaa, catalogue, runs=2)
    assert (again.verdict, again.unchanged, again.full) == ("complete", len(stamps), False)


async def test_a_set_that_is_called_by_question_marks(catalogue: Catalogue) -> None:
    erudit = place("oai.erudit.org/oai/request")
    [page] = pages(scrapi(), erudit)
    assert b"<setSpec>??</setSpec>" in page.body
    assert (await harvest(scrapi(), erudit, catalogue)).verdict == "complete"
    assert len(await arrived(catalogue)) == page.body.count(b"<record>")


async def test_raw_control_characters_become_blanks(catalogue: Catalogue) -> None:
    rio = place("DC_Todos.php")
    [page] = pages(scrapi(), rio)
    assert page.body.count(b"\x0b") == 1
    assert (await harvest(scrapi(), rio, catalogue)).verdict == "complete"
    assert len(await arrived(catalogue)) == len(page.told())


@pytest.mark.parametrize("sign", ["\x03", "\x1a", "\x0b"])
async def test_a_control_character_in_a_title(
    catalogue: Catalogue, tmp_path: Path, sign: str
) -> None:
    addis = place("etd.aau.edu.et/oai/request")
    [page] = pages(scrapi(), addis)
    body, count = re.subn(
        rb"(<dc:title>[^<]*?\w) (?=\w)", rb"\1" + sign.encode(), page.body, count=1
    )
    assert count == 1 and sign.encode() in body
    run = await harvest([changed(page, tmp_path, body)], addis, catalogue)
    assert run.verdict == "complete"
    records = await arrived(catalogue)
    [first] = [one for one in page.told() if one.id == page.told()[0].id]
    words = " ".join(first.titles[0].split())
    assert records[first.id].titles[0].value == words  # a blank again, and its words not joined


NOTICE = (
    b"\n<br />\n<b>Notice</b>:  Undefined index: set in <b>/var/www/oai.php</b> on line <b>7</b>"
)


@pytest.mark.parametrize("before", [False, True])
async def test_a_notice_of_php_around_the_document(
    catalogue: Catalogue, tmp_path: Path, before: bool
) -> None:
    addis = place("etd.aau.edu.et/oai/request")
    [page] = pages(scrapi(), addis)
    body = NOTICE + b"\n" + page.body if before else page.body + NOTICE
    assert (await harvest([changed(page, tmp_path, body)], addis, catalogue)).verdict == "complete"
    assert (await arrived(catalogue)).keys() == {one.id for one in page.told()}


@pytest.mark.parametrize("ending", ["researchonline.lshtm.ac.uk/cgi/oai2", "zenodo.org:443/oai2d"])
async def test_html_in_descriptions_is_read_as_text(catalogue: Catalogue, ending: str) -> None:
    [page] = pages(scrapi(), place(ending))
    marked = re.findall(rb"<dc:description[^>]*>[^<]*&lt;(?:p|i|b|br|div|sup|em)\b", page.body)
    assert len(marked) >= 7
    assert (await harvest(scrapi(), place(ending), catalogue)).verdict == "complete"
    abstracts = [
        text.value for one in (await arrived(catalogue)).values() for text in one.abstracts
    ]
    assert len(abstracts) >= len(marked)
    assert not [
        text for text in abstracts if re.search(r"</?(p|i|b|br|div|sup|em)\s*/?>|&lt;", text)
    ]


async def test_tokens_without_attributes_are_followed(catalogue: Catalogue) -> None:
    pubmed = place("pmc/oai/oai.cgi")
    list_of = pages(scrapi(), pubmed)
    assert len(list_of) == 17
    assert all(b"<resumptionToken>" in page.body for page in list_of[:-1])
    run = await harvest(scrapi(), pubmed, catalogue)
    told = {one.id for page in list_of for one in page.told()}
    assert (run.verdict, run.new) == ("complete", len(told))


async def test_a_document_that_begins_without_its_declaration(catalogue: Catalogue) -> None:
    heritage = place("www.biodiversitylibrary.org/oai")
    [page] = pages(scrapi(), heritage)
    assert page.body.startswith(b"<OAI-PMH")
    assert (await harvest(scrapi(), heritage, catalogue)).new == len(page.told())


@pytest.mark.parametrize("name", ["sample-oai-no-namespace.xml", "sample-oai-pmh.xml"])
async def test_pages_with_and_without_a_namespace(
    catalogue: Catalogue, tmp_path: Path, name: str
) -> None:
    file = shared("data", "records", "traject+traject", "test", "test_support", name)
    body = file.read_bytes()
    query = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}
    last = re.sub(rb"<resumptionToken.*?</resumptionToken>", b"", body, flags=re.DOTALL)
    reply = changed(Reply("/oai", query, 200, {"content-type": "text/xml"}, file), tmp_path, last)
    run = await harvest([reply], "/oai", catalogue)
    assert run.verdict == "complete"
    assert len(await arrived(catalogue)) + run.deleted == len(re.findall(rb"<record[ >]", body))


# --- patents labelled English whose text is Armenian -------------------------------------------


@pytest.mark.parametrize("language", ["en", "ru"])
async def test_a_text_in_other_letters_is_not_in_the_language_that_is_claimed(
    catalogue: Catalogue, tmp_path: Path, language: str
) -> None:
    """The Armenian office's designs, once in each language; many are not translated at all."""
    folder = shared("data", "records", "Damir-k+armenian-patents", "data", language)
    rows = json.loads((folder / "all_info.json").read_text(encoding="utf-8"))
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (tmp_path / "patents.jsonl").write_text(lines, encoding="utf-8")
    source = TableConfig.model_validate(
        {
            "id": "x", "name": NAMES, "connector": "table", "path": tmp_path / "patents.jsonl",
            "language": language,
            "mapping": {"local_id": "id", "title": "title", "type": {"constant": "patent"}},
        }
    )  # fmt: skip
    async with connect(source) as connector:
        run = await Harvester(catalogue, CROSSWALKS, Limits()).run(source, connector)
    titles = {str(row["id"]): " ".join((row["title"] or "").split()) for row in rows}
    records = await arrived(catalogue)
    refused = {one.local_id async for one in catalogue.quarantined("x")}
    assert run.received == len(titles) == len(records) + len(refused)
    assert refused == {id for id, title in titles.items() if not title}
    armenian = 0
    for id, record in records.items():
        [title] = record.titles
        assert letters(title.value) == letters(titles[id])
        if re.search("[\u0531-\u0587]{3}", title.value):
            armenian += 1
            assert title.lang != language, title
    assert armenian > 10
