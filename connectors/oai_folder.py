"""Saved OAI-PMH responses: a folder of *.xml and *.xml.gz files, each one page, in name order."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

from sickle.oaiexceptions import NoRecordsMatch

from aggregator.errors import SourceBroken
from aggregator.source import Batch, Checkpoint, Reject
from aggregator.wording import reason, say
from connectors.oai_page import Damaged, NotOai, Page, parse_page
from connectors.oai_request import OaiPmhConfig
from connectors.payload import Payload, PayloadCutError, PayloadTooLargeError

_SILENT_VERBS = {"Identify", "ListSets", "ListMetadataFormats"}


class _UnreadableError(Exception):
    """Why a file could not be read, as a sentence."""


async def saved_pages(config: OaiPmhConfig, checkpoint: Checkpoint) -> AsyncGenerator[Batch, None]:
    """A batch for each file, from the one after that named by ``checkpoint``.

    A file that cannot be read becomes a reject that names it, and the run is incomplete. Raises
    SourceBroken where there is no such folder or nothing in it.
    """
    folder = config.path
    assert folder is not None
    names = await asyncio.to_thread(_names, folder, config.id)
    fingerprint = config.fingerprint()
    after = ""
    if checkpoint.get("fingerprint") == fingerprint:
        after = str(checkpoint.get("file", ""))
    left = [name for name in names if name > after]
    for name in left:
        last = name == left[-1]
        place = {"fingerprint": fingerprint, "file": "" if last else name}
        try:
            page = await asyncio.to_thread(_read, folder / name, config)
        except _UnreadableError as mistake:
            said = say("The file {file} cannot be read: {reason}", file=name, reason=mistake)
            body = await asyncio.to_thread(_start, folder / name, config.http.max_bytes)
            yield Batch((), place, rejects=(Reject(said, body),), problem=said)
            continue
        errors = [error for error in page.errors if not isinstance(error, NoRecordsMatch)]
        problem = ""
        if errors:
            problem = say("The file {file} holds an error: {error}", file=name, error=errors[0])
        yield Batch(page.records, place, rejects=page.rejects, still=page.still, problem=problem)
    if not left:
        yield Batch((), {"fingerprint": fingerprint, "file": ""})


def _names(folder: Path, source: str) -> list[str]:
    if not folder.is_dir():
        raise SourceBroken(
            say(
                "There is no folder “{folder}”. Correct `path` in the file of the source "
                "'{source}', or put the saved responses there.",
                folder=folder,
                source=source,
            ),
            "address",
        )
    names = sorted(
        file.name for file in folder.iterdir() if file.name.endswith((".xml", ".xml.gz"))
    )
    if not names:
        raise SourceBroken(
            say(
                "The folder “{folder}” holds no file whose name ends in .xml or .xml.gz. Put the "
                "saved responses there, or correct `path` in the file of the source '{source}'.",
                folder=folder,
                source=source,
            ),
            "address",
        )
    return names


def _read(file: Path, config: OaiPmhConfig) -> Page:
    payload = Payload(config.http.max_bytes)
    try:
        with file.open("rb") as opened:
            while chunk := opened.read(1 << 20):
                payload.feed(chunk)
        page = parse_page(
            payload.finish(), config.format, encoding=config.encoding, own_prefix=True
        )
    except OSError as error:
        raise _UnreadableError(f"{reason(error)}.") from error
    except PayloadTooLargeError as error:
        raise _UnreadableError(say("it is larger than `max_bytes` allows.")) from error
    except PayloadCutError as error:
        raise _UnreadableError(say("its compression is cut or damaged.")) from error
    except (NotOai, Damaged) as error:
        raise _UnreadableError(str(error)) from error
    if not page.count and not page.errors and page.verb not in {*_SILENT_VERBS, "ListRecords"}:
        if not page.verb:
            raise _UnreadableError(say("it is an answer to nothing known, not a list."))
        raise _UnreadableError(say("it is an answer to {verb}, not a list.", verb=page.verb))
    return page


def _start(file: Path, limit: int) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(limit)
    except OSError:
        return b""
