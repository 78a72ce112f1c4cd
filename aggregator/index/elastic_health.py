"""What is wrong with a cluster, in sentences for who looks after it."""

from collections.abc import Mapping
from typing import Any

from aggregator.errors import ConfigError
from aggregator.index.elastic_client import Cluster, Missing
from aggregator.wording import later, say

_LITTLE_ROOM = 0.12
"""Free share of a node's disk. Elasticsearch moves indexes away below 0.10 and blocks writes below
0.05 (its settings `cluster.routing.allocation.disk.watermark`)."""

_LOOPBACK = ("http://127.", "http://localhost", "http://[::1]")


async def complaints(cluster: Cluster, name: str) -> list[str]:
    """Sentences that say what is wrong and what to do. Raises Unavailable."""
    return [*_in_the_open(cluster), *await _unwell(cluster, name), *await _full(cluster, name)]


def _in_the_open(cluster: Cluster) -> list[str]:
    open_nodes = [n for n in cluster.connection.nodes if n.startswith("http:")]
    far = [node for node in open_nodes if not node.startswith(_LOOPBACK)]
    if far and (cluster.connection.password or cluster.connection.api_key):
        return [
            say(
                "The password or key for Elasticsearch goes to {place} unencrypted: write https:// "
                "in 'nodes' and turn on TLS there.",
                place=", ".join(far),
            )
        ]
    return []


async def _unwell(cluster: Cluster, name: str) -> list[str]:
    try:
        health = await cluster.ask(
            later("asking for its health"), lambda c: c.cluster.health(index=name, level="cluster")
        )
    except Missing:
        return []
    except ConfigError:
        return [
            say(
                "Ilim's user may not ask Elasticsearch for its health: give it the cluster "
                "privilege 'monitor' (docs/operations.md), or look after the cluster by other "
                "means."
            )
        ]
    if health["status"] == "red":
        return [
            say(
                "Elasticsearch has lost a part of Ilim's index (health: red). If its machines are "
                "all up, fill the index again: `ilim reindex`."
            )
        ]
    if health["status"] == "yellow":
        return [
            say(
                "Elasticsearch has no place for the copies of Ilim's index (health: yellow): add a "
                "node, or set 'replicas' to 0 in index_mappings/elasticsearch.yaml."
            )
        ]
    return []


async def _full(cluster: Cluster, name: str) -> list[str]:
    found = []
    try:
        settings = await cluster.ask(
            later("looking for blocks"),
            lambda c: c.indices.get_settings(index=name, flat_settings=True),
        )
        for body in settings.body.values():
            blocks = [k for k, v in body["settings"].items() if ".blocks." in k and v == "true"]
            if blocks:
                found.append(
                    say(
                        "Elasticsearch takes no writes for Ilim's index ({blocks}): free some disk "
                        "there; a block that it did not set itself must be lifted by hand.",
                        blocks=", ".join(blocks),
                    )
                )
        nodes = await cluster.ask(later("looking at disks"), lambda c: c.nodes.stats(metric="fs"))
    except (Missing, ConfigError):
        return found
    for node in nodes["nodes"].values():
        total: Mapping[str, Any] = node.get("fs", {}).get("total", {})
        size, free = total.get("total_in_bytes", 0), total.get("available_in_bytes", 0)
        if size and free < _LITTLE_ROOM * size:
            found.append(
                say(
                    "The disk of the Elasticsearch node {name} is nearly full ({size} GB free): "
                    "free some, before it refuses to take in new works.",
                    name=node.get("name"),
                    size=free / 1e9,
                )
            )
    return found
