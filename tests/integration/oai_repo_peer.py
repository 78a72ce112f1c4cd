"""Serves a pool of records with oai-repo, another project's OAI-PMH server (Michigan State, 0.5.2).

Run with the path of pool.jsonl. Listens on a free port of this machine and prints its address as
the first line. oai-repo promises to tell deletions and loses them: a deleted record is not on its
page of ListRecords and still counted in completeListSize.
"""

import bisect
import json
import sys
import urllib.parse
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import oai_repo
from lxml import etree

PAGE = 100
SECONDS = "%Y-%m-%dT%H:%M:%SZ"
DC = "http://www.openarchives.org/OAI/2.0/oai_dc"


def moment(text: str) -> datetime:
    """A datestamp of the pool, in UTC."""
    return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)


class Pool(oai_repo.DataInterface):  # type: ignore[misc]  # the package has no types
    """The records, oldest first, under the names oai-repo calls them by."""

    limit = PAGE

    def __init__(self, file: Path) -> None:
        with file.open(encoding="utf-8", newline="\n") as lines:
            rows = [json.loads(line) for line in lines]
        rows.sort(key=lambda row: moment(row["ds"]))
        self._stamps = [moment(row["ds"]) for row in rows]
        self._rows = {row["id"]: row for row in rows}
        self.address = ""

    def get_identify(self) -> Any:
        return oai_repo.Identify(
            repository_name="oai-repo peer",
            base_url=self.address,
            admin_email=["peer@example.org"],
            earliest_datestamp=self._stamps[0].strftime(SECONDS),
            deleted_record="persistent",
            granularity="YYYY-MM-DDThh:mm:ssZ",
            compression=[],
        )

    def is_valid_identifier(self, identifier: str) -> bool:
        return identifier in self._rows

    def get_metadata_formats(self, identifier: str | None = None) -> list[Any]:
        return [oai_repo.MetadataFormat("oai_dc", f"{DC}.xsd", f"{DC}/")]

    def get_record_header(self, identifier: str) -> Any:
        row = self._rows[identifier]
        return oai_repo.RecordHeader(
            identifier=identifier,
            datestamp=moment(row["ds"]).strftime(SECONDS),
            setspecs=[name for name in row["sets"] if name],
            status="deleted" if row["deleted"] else None,
        )

    def get_record_metadata(self, identifier: str, metadataprefix: str) -> Any:
        row = self._rows[identifier]
        return None if row["deleted"] else etree.fromstring(row["dc"])

    def get_record_abouts(self, identifier: str) -> list[Any]:
        return []

    def list_set_specs(
        self, identifier: str | None = None, cursor: int = 0
    ) -> tuple[list[str], int, None]:
        names = sorted({name for row in self._rows.values() for name in row["sets"] if name})
        return names[cursor : cursor + PAGE], len(names), None

    def get_set(self, setspec: str) -> Any:
        return oai_repo.Set(spec=setspec, name=setspec, description=[])

    def list_identifiers(
        self,
        metadataprefix: str,
        filter_from: datetime | None = None,
        filter_until: datetime | None = None,
        filter_set: str | None = None,
        cursor: int = 0,
    ) -> tuple[list[str], int, None]:
        first = bisect.bisect_left(self._stamps, _utc(filter_from)) if filter_from else 0
        last = bisect.bisect_right(self._stamps, _utc(filter_until)) if filter_until else None
        found = list(self._rows)[first:last]
        if filter_set:
            found = [id for id in found if filter_set in self._rows[id]["sets"]]
        return found[cursor : cursor + PAGE], len(found), None


def _utc(moment: datetime) -> datetime:
    """oai-repo reads a request's dates without their zone, which is UTC."""
    return moment.replace(tzinfo=UTC)


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not worth a line each."""


def main(file: Path) -> None:
    pool = Pool(file)
    repository = oai_repo.OAIRepository(pool)

    def application(environment: Any, start: Any) -> list[bytes]:
        query = urllib.parse.parse_qsl(environment.get("QUERY_STRING", ""), keep_blank_values=True)
        body = bytes(repository.process(dict(query)))
        start("200 OK", [("Content-Type", "text/xml; charset=utf-8")])
        return [body]

    with make_server("127.0.0.1", 0, application, handler_class=Quiet) as listening:
        pool.address = f"http://127.0.0.1:{listening.server_port}/"
        print(pool.address, flush=True)
        listening.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
