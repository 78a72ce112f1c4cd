"""Which records are one work, and what the work then says. Pure."""

from msgspec import Struct

from aggregator.record import Record


class Member(Struct, frozen=True, omit_defaults=True):
    """One record of a work; ``reason`` says why it was joined ("doi:10.1000/x"), "" for a lone one."""

    source: str
    local_id: str
    reason: str = ""


class Work(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """The thing itself. ``record`` is the merged description, under its founding record's name;
    ``added`` is the number by which "new since" is told."""

    id: str
    added: int
    record: Record
    members: tuple[Member, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """The ids of the sources that hold it, in order, each once."""
        return tuple(dict.fromkeys(member.source for member in self.members))
