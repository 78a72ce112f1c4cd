"""Serves a pool of records with pyoai, another project's OAI-PMH server (infrae, 2.5.0).

Run with the path of pool.jsonl. Listens on a free port of this machine and prints its address as
the first line. pyoai needs two things that are gone: a function that left Python in 3.8, and
setuptools' pkg_resources, of which it only asks its own version. Both are put back here.
"""

import bisect
import cgi
import json
import sys
import types
import urllib.parse
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from lxml import etree

cgi.parse_qs = urllib.parse.parse_qs  # type: ignore[attr-defined]  # put back
versions: Any = types.ModuleType("pkg_resources")
versions.Requirement = types.SimpleNamespace(parse=str)
versions.working_set = types.SimpleNamespace(find=lambda _: types.SimpleNamespace(version="2.5.0"))
sys.modules.setdefault("pkg_resources", versions)

from oaipmh import common, error, metadata, server  # noqa: E402 - needs what is above

PAGE = 100


def moment(text: str) -> datetime:
    """A datestamp as pyoai wants it: in UTC, without saying so."""
    return datetime.fromisoformat(text.removesuffix("Z"))


class Pool:
    """The records, oldest first, under the names pyoai calls them by."""

    def __init__(self, file: Path) -> None:
        with file.open(encoding="utf-8", newline="\n") as lines:
            rows = [json.loads(line) for line in lines]
        self._rows = sorted(((moment(row["ds"]), row) for row in rows), key=lambda one: one[0])
        self._stamps = [stamp for stamp, _ in self._rows]
        self._by_id = {row["id"]: (stamp, row) for stamp, row in self._rows}
        self.address = ""

    def identify(self) -> Any:
        return common.Identify(
            repositoryName="pyoai peer",
            baseURL=self.address,
            protocolVersion="2.0",
            adminEmails=["peer@example.org"],
            earliestDatestamp=self._stamps[0],
            deletedRecord="persistent",
            granularity="YYYY-MM-DDThh:mm:ssZ",
            compression=["identity"],
        )

    def listMetadataFormats(self, identifier: str | None = None) -> list[tuple[str, str, str]]:
        base = "http://www.openarchives.org/OAI/2.0/oai_dc"
        return [("oai_dc", f"{base}.xsd", f"{base}/")]

    def listSets(self, cursor: int = 0, batch_size: int = PAGE) -> list[tuple[str, str, None]]:
        names = sorted({name for _, row in self._rows for name in row["sets"] if name})
        return [(name, name, None) for name in names[cursor : cursor + batch_size]]

    def getRecord(self, identifier: str, **_format: str) -> tuple[Any, Any, None]:
        if identifier not in self._by_id:
            raise error.IdDoesNotExistError(f"nothing here is called {identifier}")
        return self._record(*self._by_id[identifier])

    def listIdentifiers(self, **request: Any) -> list[Any]:
        return [header for header, _, _ in self.listRecords(**request)]

    def listRecords(
        self,
        cursor: int = 0,
        batch_size: int = PAGE,
        from_: datetime | None = None,
        until: datetime | None = None,
        **more: str,
    ) -> list[tuple[Any, Any, None]]:
        first = bisect.bisect_left(self._stamps, from_) if from_ else 0
        last = bisect.bisect_right(self._stamps, until) if until else len(self._stamps)
        rows: Iterable[Any] = self._rows[first:last]
        if "set" in more:
            rows = [one for one in rows if more["set"] in one[1]["sets"]]
        return [self._record(*one) for one in list(rows)[cursor : cursor + batch_size]]

    def _record(self, stamp: datetime, row: Any) -> tuple[Any, Any, None]:
        header = common.Header(None, row["id"], stamp, row["sets"], row["deleted"])
        body = None if row["deleted"] else common.Metadata(None, {"body": row["dc"]})
        return header, body, None


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not worth a line each."""


def main(file: Path) -> None:
    pool = Pool(file)
    registry = metadata.MetadataRegistry()
    registry.registerWriter(
        "oai_dc", lambda parent, body: parent.append(etree.fromstring(body.getMap()["body"]))
    )
    oai = server.BatchingServer(pool, metadata_registry=registry, resumption_batch_size=PAGE)

    def application(environment: Any, start: Any) -> list[bytes]:
        query = urllib.parse.parse_qsl(environment.get("QUERY_STRING", ""), keep_blank_values=True)
        body: bytes = oai.handleRequest(dict(query))
        start("200 OK", [("Content-Type", "text/xml; charset=utf-8")])
        return [body]

    with make_server("127.0.0.1", 0, application, handler_class=Quiet) as listening:
        pool.address = f"http://127.0.0.1:{listening.server_port}/"
        print(pool.address, flush=True)
        listening.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
