"""What an index on Elasticsearch knows of words: frequencies, neighbours, beginnings."""

import re
from collections.abc import Sequence
from typing import Any

from aggregator.index.document import SENTINEL, heading, shown_heading
from aggregator.index.elastic_client import Cluster
from aggregator.index.elastic_schema import WIDE
from aggregator.index.likeness import FIELD, likeness, words_of
from aggregator.index.port import LONGEST_SPELLED, Document, IndexHit
from aggregator.index.spelling import SHORTEST, nearest_words, slips_allowed
from aggregator.language import collation_beginning
from aggregator.wording import later

_CANDIDATES = 200
"""Neighbours of a word that the cluster is asked for; the nearest of them are kept."""

_ANY_FREQUENCY = 2**31 - 1
_SIGN = re.compile(r"[^\w\s]")


class Words:
    """Answers about words from the index of one name."""

    def __init__(self, cluster: Cluster, name: str, shards: int) -> None:
        self._cluster = cluster
        self._name = name
        self._shards = shards

    async def similar(self, document: Document, size: int) -> list[IndexHit]:
        """As the port says. Frequencies are those of one shard, which is enough to choose by."""
        words = words_of(document)
        if not words or size < 1:
            return []
        vectors = (await self._vectors({FIELD: " ".join(words)})).get(FIELD)
        if vectors is None:
            return []
        holding = _frequencies(vectors)
        like = likeness(document, int(vectors["field_statistics"]["doc_count"]), holding)
        if like is None:
            return []
        wanted = [{"term": {FIELD: {"value": w, "boost": weight}}} for w, weight in like.words]
        query = {
            "bool": {
                "should": wanted,
                "minimum_should_match": like.least,
                "must_not": [{"ids": {"values": [document.id]}}],
            }
        }
        answer = await self._search({"query": query, "size": size, "_source": False})
        return [IndexHit(hit["_id"], float(hit["_score"])) for hit in answer["hits"]["hits"]]

    async def spellings(self, word: str, size: int) -> list[tuple[str, int]]:
        """As the port says."""
        allowed = slips_allowed(word)
        if not allowed or len(word) > LONGEST_SPELLED:
            return []
        near = {
            "field": "surface",
            "size": _CANDIDATES,
            "max_edits": allowed,
            "prefix_length": 1,
            "min_word_length": SHORTEST,
            "suggest_mode": "always",
            "string_distance": "damerau_levenshtein",
            "accuracy": 0.1,
            "sort": "frequency",
            "max_term_freq": _ANY_FREQUENCY,
        }
        answer = await self._search({"size": 0, "suggest": {"near": {"text": word, "term": near}}})
        options = [option for part in answer["suggest"]["near"] for option in part["options"]]
        known = ((o["text"], int(o["freq"])) for o in options if o["text"] != SENTINEL)
        return nearest_words(word, known, size)

    async def completions(self, beginning: str, size: int) -> list[tuple[str, int]]:
        """As the port says."""
        start = heading(beginning)
        if not start or len(start) > LONGEST_SPELLED or size < 1:
            return []
        terms: dict[str, Any] = {
            "field": "heading",
            "include": _SIGN.sub(r"\\\g<0>", start) + ".*",
            "size": size,
        }
        if self._shards > 1:
            terms["shard_size"] = WIDE
        answer = await self._search(
            {
                "size": 0,
                "query": {"prefix": {"heading": {"value": start}}},
                "aggs": {"names": {"terms": terms}},
            }
        )
        buckets = answer["aggregations"]["names"]["buckets"]
        return [(shown_heading(bucket["key"]), int(bucket["doc_count"])) for bucket in buckets]

    async def holding(self, words: Sequence[tuple[str, str]]) -> list[int]:
        """As the port says. On several shards these are the frequencies of one of them, times how
        many there are."""
        texts: dict[str, list[str]] = {}
        for field, word in words:
            texts.setdefault(field, []).append(word)
        if not texts:
            return []
        found = await self._vectors({field: " ".join(asked) for field, asked in texts.items()})
        known = {field: _frequencies(vectors) for field, vectors in found.items()}
        return [known.get(field, {}).get(word, 0) * self._shards for field, word in words]

    async def titles(self, beginning: str, size: int) -> list[str]:
        """As the port says."""
        start = collation_beginning(beginning)
        if not start or size < 1:
            return []
        answer = await self._search(
            {
                "size": size,
                "query": {"prefix": {"sort_title": {"value": start}}},
                "sort": [{"sort_title": "asc"}],
                "_source": False,
            }
        )
        return [hit["_id"] for hit in answer["hits"]["hits"]]

    async def _vectors(self, doc: dict[str, str]) -> dict[str, Any]:
        """What the cluster knows of the words of a made-up document, by field."""
        found = await self._cluster.ask(
            later("looking up words"),
            lambda c: c.termvectors(
                index=self._name,
                doc=doc,
                fields=list(doc),
                term_statistics=True,
                field_statistics=True,
                positions=False,
                offsets=False,
            ),
        )
        return dict(found["term_vectors"])

    async def _search(self, body: dict[str, Any]) -> Any:
        return await self._cluster.ask(
            later("looking up words"),
            lambda c: c.search(
                index=self._name, body={"track_total_hits": False, **body},
                allow_partial_search_results=False,
            ),
        )  # fmt: skip


def _frequencies(vectors: Any) -> dict[str, int]:
    return {word: int(term.get("doc_freq", 0)) for word, term in vectors["terms"].items()}
