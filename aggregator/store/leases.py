"""Leases: who may harvest a source, resolve, or write an index.

Expiry alone does not stop a worker that was paused, so each lease carries a fencing token that
every transaction checks. A holder names its host and process: on the same host a dead process's
lease is free at once, without waiting for its time to run out. Time is that of the database's
server, where there is one.

Each transaction leaves its **seal** on its lease, a word of its own. When the answer to a COMMIT is
lost, the transaction is tried again; one that finds its own seal there stands already and is not
done a second time. (The server's numbers of transactions would not tell: after a crash it may give
the number of one that was lost to another.)
"""

import os
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.errors import LeaseLost
from aggregator.store.bulk import clock, upserting
from aggregator.store.database import Database
from aggregator.store.tables import leases
from aggregator.wording import say

T = TypeVar("T")

LIFETIME = 60.0
"""Seconds a lease lives after its last renewal; every transaction renews it."""

BOOT = Path("/proc/sys/kernel/random/boot_id")
"""A word that each start of a kernel draws anew."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A held lease. ``token`` grows with each change of hands."""

    name: str
    holder: str
    token: int


class Leases:
    """The leases of one catalogue."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def take(self, name: str) -> Lease | None:
        """Take the lease, or None while another living process holds it."""
        me, seal = this_process(), uuid4().hex

        async def work(connection: AsyncConnection) -> Lease | None:
            # The row must be there to be locked: of two who come first, one waits for the other.
            free = {"name": name, "holder": "", "token": 0, "expires": 0.0, "seal": ""}
            await connection.execute(
                upserting(connection, leases).values(free).on_conflict_do_nothing()
            )
            now = clock(connection)
            lives = (leases.c.expires > now).label("lives")
            mine = leases.c.name == name
            row = (
                await connection.execute(select(leases, lives).where(mine).with_for_update())
            ).one()
            if row.seal == seal:  # taken by the try before, whose answer was lost
                return Lease(name, me, row.token)
            if row.holder and row.lives and not is_gone(row.holder):
                return None
            token = row.token + 1
            await connection.execute(
                update(leases)
                .where(mine)
                .values(holder=me, token=token, expires=now + LIFETIME, seal=seal)
            )
            return Lease(name, me, token)

        return await self._database.writing(work)

    async def renew(self, lease: Lease) -> None:
        """Keep the lease while waiting. Raises LeaseLost when another took it."""

        async def work(connection: AsyncConnection) -> None:
            if not await _renewed(connection, lease, None):
                raise _lost(lease)

        await self._database.writing(work)

    async def release(self, lease: Lease) -> None:
        """Give the lease back; nothing happens when another took it meanwhile."""

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(
                update(leases)
                .where(leases.c.name == lease.name, leases.c.token == lease.token)
                .values(holder="", expires=0.0)
            )

        await self._database.writing(work)

    async def held(self) -> list[tuple[str, str]]:
        """All leases that somebody holds, with who it is; those of dead processes too."""
        async with self._database.read() as connection:
            query = select(leases.c.name, leases.c.holder).where(
                leases.c.holder != "", leases.c.expires > clock(connection)
            )
            rows = await connection.execute(query.order_by(leases.c.name))
            return [(row.name, row.holder) for row in rows]

    async def holder(self, name: str) -> str | None:
        """Who holds the lease now, if anybody living does."""
        async with self._database.read() as connection:
            query = select(leases.c.holder).where(
                leases.c.name == name, leases.c.holder != "", leases.c.expires > clock(connection)
            )
            holder = await connection.scalar(query)
        return None if holder is None or is_gone(holder) else str(holder)


async def once(
    database: Database, lease: Lease, work: Callable[[AsyncConnection], Awaitable[T]]
) -> T:
    """Do the work in one transaction under the lease: wholly and once, or not at all.

    An outage of the database is waited out (`Database.writing`). Raises LeaseLost when another
    took the lease; then nothing is written.
    """
    seal = uuid4().hex
    done: list[T] = []

    async def sealed(connection: AsyncConnection) -> T:
        if not await _renewed(connection, lease, seal):
            # A try whose answer was lost may still be at its end: the update above waited for it.
            if not (done and await _bears(connection, lease, seal)):
                raise _lost(lease)
            return done[-1]
        result = await work(connection)
        done.append(result)
        return result

    return await database.writing(sealed)


async def _renewed(connection: AsyncConnection, lease: Lease, seal: str | None) -> bool:
    """Check the fencing token, renew, and leave the seal; False where it is already, too."""
    renewal = update(leases).where(
        leases.c.name == lease.name,
        leases.c.token == lease.token,
        leases.c.holder == lease.holder,
    )
    values = {"expires": clock(connection) + LIFETIME}
    if seal is None:
        return (await connection.execute(renewal.values(values))).rowcount == 1
    sealing = renewal.where(leases.c.seal != seal).values(**values, seal=seal)
    return (await connection.execute(sealing)).rowcount == 1


async def _bears(connection: AsyncConnection, lease: Lease, seal: str) -> bool:
    query = select(leases.c.seal).where(leases.c.name == lease.name, leases.c.token == lease.token)
    return await connection.scalar(query) == seal


def _lost(lease: Lease) -> LeaseLost:
    return LeaseLost(say("Another process took over {name}: this one stops.", name=lease.name))


def host_of(holder: str) -> str:
    """The machine of a holder, for people."""
    return holder.partition("/")[0]


def this_process() -> str:
    """``host/container/boot:process:start``; the process's start tells it from a later one with
    its number."""
    return f"{_place()}:{os.getpid()}:{_started(os.getpid())}"


def is_gone(holder: str) -> bool:
    """Whether the holder was a process of this host that no longer runs."""
    place, process, started = holder.rsplit(":", 2)
    if place != _place():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return _started(int(process)) != started


def _place() -> str:
    """Where process numbers mean the same: the host, this start of it, and on it the container.

    Copies of one virtual machine agree in the host's name and in the container, not in the start.
    After the host has started again, its old leases run out like those of any other host.
    """
    try:
        space = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        space = 0
    return f"{socket.gethostname()}/{space}/{_boot()}"


def _boot() -> str:
    """What the kernel calls its present start; "" where it does not say."""
    try:
        return BOOT.read_text().strip()
    except OSError:
        return ""


def _started(process: int) -> str:
    """The kernel's start time of a process (proc(5), field 22); "" where there is no /proc.

    A killed process that its parent has not collected yet counts as not running.
    """
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]
