"""Every registered connector keeps to the contract; one without a case here fails the suite."""

import asyncio
import shutil
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from aggregator.source import Batch, Checkpoint, SourceConfig
from aggregator.store.catalogue import Catalogue
from connectors import contract, files
from connectors.contract import CONTRACT, Bench, BrokenRule, Case, Rule
from connectors.opening import Registered, from_disk
from connectors.registry import CONNECTORS
from tests.contracts.cases import CASES, EXAMPLE_FOLDER


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are cut into batches of three records, so that small fixtures have several."""
    monkeypatch.setattr(files, "BATCH_RECORDS", 3)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty catalogue, made once and copied for each rule."""
    file = tmp_path_factory.mktemp("empty") / "catalogue.sqlite"

    async def make() -> None:
        async with Catalogue.open(f"sqlite+aiosqlite:///{file}"):
            pass

    asyncio.run(make())
    return file


@pytest.fixture
def room(empty: Path, tmp_path: Path) -> Path:
    """A folder for a bench."""
    shutil.copy(empty, tmp_path)
    return tmp_path


@pytest.mark.parametrize("rule", CONTRACT, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
async def test_the_contract(case: Case, rule: Rule, room: Path) -> None:
    async with Bench.open(case, room) as bench:
        await rule(bench)


def test_every_connector_has_a_case() -> None:
    assert set(CONNECTORS) <= {case.connector for case in CASES.values()}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_case_names_every_setting_that_its_connector_adds(case: Case) -> None:
    """A new setting must be put either among those that change what comes, or here."""
    beside = {
        "oai_pmh": {"http", "token_encoding", "granularity", "overlap_hours", "ignore_total"},
        "table": {"http"},
    }
    own = set(case.registered.config.model_fields) - set(SourceConfig.model_fields)
    changes = {key.partition(".")[0] for key in case.changes}
    place = {"url", "path"}  # one excludes the other
    lists = {"sets"} if case.settings.get("path") else set()  # a folder is read as it is
    assert own - beside.get(case.connector, set()) - place - lists <= changes


# --- the rules themselves: each finds the connector that breaks it --------------------------------


class _Forgetful(EXAMPLE_FOLDER.registered.connector):  # type: ignore[name-defined,misc]
    """Leaves out the second record, and claims no number that would tell."""

    async def harvest(self, checkpoint: Checkpoint) -> AsyncGenerator[Batch]:
        async for batch in super().harvest(checkpoint):
            kept = [r for r in batch.records if r.id != "archive-2"]
            yield replace(batch, records=kept, total=None)


class _Anew(EXAMPLE_FOLDER.registered.connector):  # type: ignore[name-defined,misc]
    """Does not look at its checkpoint."""

    async def harvest(self, checkpoint: Checkpoint) -> AsyncGenerator[Batch]:
        async for batch in super().harvest({}):
            yield batch


class _Skipping(EXAMPLE_FOLDER.registered.connector):  # type: ignore[name-defined,misc]
    """Its checkpoints point one record too far."""

    async def harvest(self, checkpoint: Checkpoint) -> AsyncGenerator[Batch]:
        async for batch in super().harvest(checkpoint):
            after = batch.checkpoint.get("after", "")
            skipped = {"after": after.replace("1", "2")} if after else {}
            yield replace(batch, checkpoint=skipped, total=None)


class _Restless(EXAMPLE_FOLDER.registered.connector):  # type: ignore[name-defined,misc]
    """Every run gives other content."""

    runs = 0

    async def harvest(self, checkpoint: Checkpoint) -> AsyncGenerator[Batch]:
        type(self).runs += 1
        title = f">{self.runs}".encode()
        async for batch in super().harvest(checkpoint):
            records = [
                replace(r, body=(r.body or b"").replace(b'">', b'"' + title)) for r in batch.records
            ]
            yield replace(batch, records=records)


class _Open(EXAMPLE_FOLDER.registered.connector):  # type: ignore[name-defined,misc]
    """Never closes a file."""

    files: list[Any] = []  # noqa: RUF012 kept open on purpose

    async def harvest(self, checkpoint: Checkpoint) -> AsyncGenerator[Batch]:
        async for batch in super().harvest(checkpoint):
            self.files.append((self.config.path / "archive-1.xml").open("rb"))
            yield batch


class _Partial(EXAMPLE_FOLDER.registered.connector):  # type: ignore[name-defined,misc]
    """Never says that it has seen everything."""

    def is_full(self, checkpoint: Checkpoint) -> bool:
        return False


class _Same(EXAMPLE_FOLDER.registered.connector):  # type: ignore[name-defined,misc]
    """Does not tell its settings apart."""

    def fingerprint(self) -> str:
        return "same"


class _Terse(EXAMPLE_FOLDER.registered.connector):  # type: ignore[name-defined,misc]
    """Lets Python's own errors out."""

    async def harvest(self, checkpoint: Checkpoint) -> AsyncGenerator[Batch]:
        next(self.config.path.iterdir())
        async for batch in super().harvest(checkpoint):
            yield batch


@pytest.mark.parametrize(
    ("broken", "rule", "words"),
    [
        (_Forgetful, contract.nothing_is_lost, "Missing ..archive-2"),
        (_Anew, contract.it_is_resumable, "begins anew"),
        (_Skipping, contract.it_is_resumable, "Stopped after batch 1 of"),
        (_Restless, contract.it_is_idempotent, "brought 0 new, 3 changed"),
        (_Open, contract.it_closes_at_any_batch, "archive-1.xml"),
        (_Partial, contract.it_sees_deletions, "deleted 0 records"),
        (_Same, contract.its_fingerprint_tells_changes, "'path' changes what is harvested"),
        (_Terse, contract.its_errors_are_sentences, "no sentence.*FileNotFoundError"),
    ],
)
async def test_a_rule_finds_who_breaks_it(
    broken: Any, rule: Rule, words: str, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contract, "PATIENCE", 0.1)
    config = EXAMPLE_FOLDER.registered.config
    case = replace(EXAMPLE_FOLDER, registered=Registered(config, broken, from_disk(broken)))
    async with Bench.open(case, room) as bench:
        with pytest.raises(BrokenRule, match=words):
            await rule(bench)
    for file in _Open.files:
        file.close()


async def test_a_model_that_takes_any_key_breaks_a_rule(room: Path) -> None:
    class Lax(EXAMPLE_FOLDER.registered.config):  # type: ignore[name-defined,misc]
        model_config = {"extra": "ignore", "frozen": True}  # noqa: RUF012

    connector = EXAMPLE_FOLDER.registered.connector
    case = replace(EXAMPLE_FOLDER, registered=Registered(Lax, connector, from_disk(connector)))
    async with Bench.open(case, room) as bench:
        with pytest.raises(BrokenRule, match="does not exist was taken"):
            await contract.it_refuses_unknown_keys(bench)
