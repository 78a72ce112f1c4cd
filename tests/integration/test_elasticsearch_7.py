"""The 8.x client does not notice a server of 7.x: whoever must know asks for the version."""

from typing import Any

import pytest
from elasticsearch import AsyncElasticsearch, NotFoundError

from tests.integration.elasticsearch_7 import NODE, VERSION, elasticsearch_7


async def test_the_client_raises_nothing_and_the_version_tells() -> None:
    async with elasticsearch_7() as url, AsyncElasticsearch(url, max_retries=0) as client:
        path = "nodes.*.version,nodes.*.http.publish_address"
        nodes = await client.nodes.info(metric="http", filter_path=path)
        assert nodes["nodes"][NODE]["version"] == VERSION
        assert nodes.meta.headers["x-elastic-product"] == "Elasticsearch"
        assert nodes.meta.headers["content-type"] == "application/json; charset=UTF-8"
        assert (await client.info())["version"]["number"] == VERSION
        assert (await client.cluster.health())["status"] == "green"
        operations: list[dict[str, Any]] = [{"index": {"_index": "some", "_id": "1"}}, {"a": 1}]
        done = await client.bulk(operations=operations)
        assert not done["errors"]
        assert done["items"][0]["index"]["_type"] == "_doc"


async def test_what_is_missing_is_missing_as_in_8() -> None:
    async with elasticsearch_7() as url, AsyncElasticsearch(url, max_retries=0) as client:
        assert not await client.indices.exists(index="some-index")
        with pytest.raises(NotFoundError, match=r"alias \[x\] missing"):
            await client.indices.get_alias(name="x")
        with pytest.raises(NotFoundError, match="index_not_found_exception"):
            await client.search(index="some-index")
