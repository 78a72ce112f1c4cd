"""What the pages say of each source: its state in words, its figures, its records of one work."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aggregator.health import SourceState, health
from aggregator.record import Deleted, Record
from aggregator.search import Coverage, SourceFigures, StoredRecord, WorkPage
from aggregator.source import SourceConfig
from aggregator.works import Member
from web.describe import Access, Address, access, addresses, own_page
from web.responses import web_address
from web.words import Words


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a source's records have a thing, in percent and in words."""

    label: str
    share: str


@dataclass(frozen=True, slots=True)
class CoverageView:
    """What a source covers. ``works`` is None and ``years`` "" where the index does not say;
    ``fulltext``, ``score`` and ``shares`` are empty for a source without records."""

    works: int | None
    years: str
    fulltext: str
    score: str
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class SourceView:
    """``shape`` is the state's mark: "ok" disc, "slow" triangle, "down" square, "off" ring.
    ``why`` says in a sentence what is the matter, ``next`` when it is read next ("in 3 hours"),
    "" where that is not known."""

    id: str
    name: str
    homepage: str
    sample: bool
    state: SourceState
    shape: str
    why: str
    records: int
    updated: str
    next: str
    coverage: CoverageView | None


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """One record of a work. ``why`` says why it was joined, "" for the founding one."""

    source: str
    local_id: str
    own_page: str
    fulltexts: tuple[Address, ...]
    access: Access | None
    changed: str
    format: str
    problems: tuple[str, ...]
    why: str
    deleted: bool


SHAPES: Mapping[SourceState, str] = {
    "well": "ok",
    "late": "slow",
    "failing": "down",
    "resting": "off",
    "off": "off",
    "never_reached": "off",
}


def source_views(
    sources: Mapping[str, SourceConfig],
    figures: Mapping[str, SourceFigures],
    coverages: Mapping[str, Coverage],
    words: Words,
    now: datetime,
) -> tuple[SourceView, ...]:
    """Every configured source but those that were removed: enabled ones first, those with records
    before those without."""
    views = []
    for config in sources.values():
        known = figures.get(config.id)
        if known is not None and known.removed:
            continue  # a partner who left is not named, as nothing of it is shown
        how = health(config, known, now)
        found = coverages.get(config.id)
        views.append(
            SourceView(
                id=config.id,
                name=config.name.get(words.code),
                homepage=web_address(config.homepage),
                sample=config.sample,
                state=how.state,
                shape=SHAPES[how.state],
                why=words.labels.causes.get(how.cause, ""),
                records=known.records if known else 0,
                updated=words.date(how.last_success) if how.last_success else "",
                next=words.in_a_while(how.next_run - now) if how.next_run else "",
                coverage=_coverage(found, words) if found else None,
            )
        )
    return tuple(sorted(views, key=lambda view: (view.state == "off", not view.records)))


def _coverage(found: Coverage, words: Words) -> CoverageView:
    first, last = found.years or (0, 0)
    quality = found.quality
    return CoverageView(
        works=found.works,
        years=f"{first}–{last}" if first != last else str(first or ""),
        fulltext=words.percent(quality.fulltext) if quality else "",
        score=words.percent(quality.score) if quality else "",
        shares=tuple(
            Share(words.labels.qualities[name], words.percent(share))
            for name, share in quality.shares.items()
        )
        if quality
        else (),
    )


def source_records(page: WorkPage, words: Words) -> tuple[SourceRecord, ...]:
    """The records of a work in the order of its members."""
    stored = {(s.record.source, s.record.local_id): s for s in page.records}
    return tuple(
        _source_record(member, stored[member.source, member.local_id], words)
        for member in page.work.members
        if (member.source, member.local_id) in stored
    )


def _source_record(member: Member, stored: StoredRecord, words: Words) -> SourceRecord:
    record = stored.record
    living = record if isinstance(record, Record) else None
    return SourceRecord(
        source=member.source,
        local_id=member.local_id,
        own_page=own_page(living) if living else "",
        fulltexts=addresses(living, "fulltext") if living else (),
        access=access(living.access, words) if living else None,
        changed=words.date(stored.changed),
        format=stored.format,
        problems=stored.problems,
        why=_why(member.reason, words),
        deleted=isinstance(record, Deleted),
    )


def _why(reason: str, words: Words) -> str:
    """A join's reason in words: "doi:10.1000/x" names the identifier both records carry."""
    _ = words
    scheme, colon, value = reason.partition(":")
    if colon and scheme in words.labels.schemes:
        label = words.labels.schemes[scheme]
        return _("Joined by the same %(label)s: %(value)s", label=label, value=value)
    return _("Joined: %(reason)s", reason=reason) if reason else ""
