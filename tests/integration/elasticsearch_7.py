"""A server on loopback that answers as Elasticsearch 7.17.28 does to the 8.x Python client.

Recorded on 2026-11-25 between elasticsearch-py 8.19.3 and the bare 7.17.28 of Maven Central
(``org.elasticsearch.distribution.integ-test-zip:elasticsearch:7.17.28:zip``), byte for byte at the
socket. Status, bodies and the two headers that matter are those seen; aiohttp adds ``Date`` and
``Server``.

What was seen: 7.17 takes ``compatible-with=8`` without a word, names itself the true product, and
the client raises nothing. It even indexes. Only the version in ``/_nodes`` and ``/``, the plain
``content-type: application/json`` (8.x repeats the client's own) and ``_type`` in the items of a
bulk show what it is.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

__all__ = ["VERSION", "elasticsearch_7"]

VERSION = "7.17.28"
NODE = "ehsUKgEiTUu6RBNhy-qMGA"
HEADERS = {
    "X-elastic-product": "Elasticsearch",
    "content-type": "application/json; charset=UTF-8",
}
HEALTH = {
    "cluster_name": "elasticsearch", "status": "green", "timed_out": False, "number_of_nodes": 1,
    "number_of_data_nodes": 1, "active_primary_shards": 0, "active_shards": 0,
    "relocating_shards": 0, "initializing_shards": 0, "unassigned_shards": 0,
    "delayed_unassigned_shards": 0, "number_of_pending_tasks": 0, "number_of_in_flight_fetch": 0,
    "task_max_waiting_in_queue_millis": 0, "active_shards_percent_as_number": 100.0,
}  # fmt: skip
ROOT = {
    "name": "vm", "cluster_name": "elasticsearch", "cluster_uuid": "IkAqJ7iXTEapJw0Sa9OLEw",
    "version": {
        "number": VERSION, "build_flavor": "oss", "build_type": "zip",
        "build_hash": "139cb5a961d8de68b8e02c45cc47f5289a3623af",
        "build_date": "2025-02-20T09:05:31.349013687Z", "build_snapshot": False,
        "lucene_version": "8.11.3", "minimum_wire_compatibility_version": "6.8.0",
        "minimum_index_compatibility_version": "6.0.0-beta1",
    },
    "tagline": "You Know, for Search",
}  # fmt: skip


@asynccontextmanager
async def elasticsearch_7() -> AsyncIterator[str]:
    """The address of a 7.17.28 without indexes."""
    application = web.Application()
    for method, path, handler in (
        ("GET", "/", _root),
        ("GET", "/_nodes", _nodes),
        ("GET", "/_nodes/{metrics}", _nodes),
        ("GET", "/_cluster/health", _health),
        ("*", "/_bulk", _bulk),
        ("*", "/_alias/{name}", _no_alias),
        ("*", "/{index}", _index),
        ("*", "/{index}/{rest:.*}", _no_index),
    ):
        application.router.add_route(method, path, handler)
    server = TestServer(application)
    await server.start_server()
    try:
        yield str(server.make_url("")).rstrip("/")
    finally:
        await server.close()


def _answer(body: Any, status: int = 200) -> web.Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return web.Response(body=text.encode(), status=status, headers=HEADERS)


async def _root(request: web.Request) -> web.Response:
    return _answer(ROOT)


async def _nodes(request: web.Request) -> web.Response:
    """What ``filter_path=nodes.*.version,nodes.*.http.publish_address`` leaves."""
    return _answer(
        {"nodes": {NODE: {"version": VERSION, "http": {"publish_address": request.host}}}}
    )


async def _health(request: web.Request) -> web.Response:
    return _answer(HEALTH)


async def _no_alias(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    return _answer({"error": f"alias [{name}] missing", "status": 404}, 404)


async def _index(request: web.Request) -> web.Response:
    """Made when asked for; otherwise there is none."""
    if request.method == "PUT":
        name = request.match_info["index"]
        return _answer({"acknowledged": True, "shards_acknowledged": True, "index": name})
    return await _no_index(request)


async def _no_index(request: web.Request) -> web.Response:
    name = request.match_info["index"]
    cause = {
        "type": "index_not_found_exception", "reason": f"no such index [{name}]",
        "resource.type": "index_or_alias", "resource.id": name, "index_uuid": "_na_", "index": name,
    }  # fmt: skip
    return _answer({"error": {"root_cause": [cause], **cause}, "status": 404}, 404)


async def _bulk(request: web.Request) -> web.Response:
    """Every ``index`` succeeds, as it did when recorded; other actions were not."""
    lines = [json.loads(line) for line in (await request.read()).splitlines() if line]
    items = [
        {
            "index": {
                "_index": line["index"]["_index"], "_type": "_doc", "_id": line["index"]["_id"],
                "_version": 1, "result": "created",
                "_shards": {"total": 2, "successful": 1, "failed": 0},
                "_seq_no": number, "_primary_term": 1, "status": 201,
            }
        }
        for number, line in enumerate(lines[::2])
    ]  # fmt: skip
    return _answer({"took": 255, "errors": False, "items": items})
