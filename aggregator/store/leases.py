"""Leases: who may harvest a source, resolve, or write an index.

Expiry alone does not stop a worker that was paused, so each lease carries a fencing token that
every transaction checks. A holder names its host and process: on the same host a dead process's
lease is free at once, without waiting for its time to run out.
"""

import os
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from aggregator.errors import LeaseLost
from aggregator.store.database import Database
from aggregator.store.tables import leases

LIFETIME = 60.0
"""Seconds a lease lives after its last renewal; every transaction renews it."""


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
        me, now = this_process(), time.time()
        async with self._database.write() as connection:
            row = (
                await connection.execute(select(leases).where(leases.c.name == name))
            ).one_or_none()
            if row is not None and row.holder and row.expires > now and not is_gone(row.holder):
                return None
            token = 1 if row is None else row.token + 1
            values = {"name": name, "holder": me, "token": token, "expires": now + LIFETIME}
            await connection.execute(
                insert(leases)
                .values(values)
                .on_conflict_do_update(index_elements=["name"], set_=values)
            )
        return Lease(name, me, token)

    async def renew(self, lease: Lease) -> None:
        """Keep the lease while waiting. Raises LeaseLost when another took it."""
        async with self._database.write() as connection:
            await guard(connection, lease)

    async def release(self, lease: Lease) -> None:
        """Give the lease back; nothing happens when another took it meanwhile."""
        async with self._database.write() as connection:
            await connection.execute(
                update(leases)
                .where(leases.c.name == lease.name, leases.c.token == lease.token)
                .values(holder="", expires=0.0)
            )

    async def holder(self, name: str) -> str | None:
        """Who holds the lease now, if anybody living does."""
        async with self._database.read() as connection:
            row = (
                await connection.execute(select(leases).where(leases.c.name == name))
            ).one_or_none()
        if row is None or not row.holder or row.expires <= time.time() or is_gone(row.holder):
            return None
        return str(row.holder)


async def guard(connection: AsyncConnection, lease: Lease) -> None:
    """Within a transaction: check the fencing token and renew. Raises LeaseLost."""
    renewed = await connection.execute(
        update(leases)
        .where(
            leases.c.name == lease.name,
            leases.c.token == lease.token,
            leases.c.holder == lease.holder,
        )
        .values(expires=time.time() + LIFETIME)
    )
    if renewed.rowcount != 1:
        raise LeaseLost(f"Another process took over {lease.name}: this one stops.")


def this_process() -> str:
    """``host:process:start``; the start tells a process from a later one with its number."""
    return f"{_place()}:{os.getpid()}:{_started(os.getpid())}"


def is_gone(holder: str) -> bool:
    """Whether the holder was a process of this host that no longer runs."""
    host, process, started = holder.rsplit(":", 2)
    if host != _place():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return _started(int(process)) != started


def _place() -> str:
    """Where process numbers mean the same: the host, and on it the container."""
    try:
        space = Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        space = 0
    return f"{socket.gethostname()}/{space}"


def _started(process: int) -> str:
    """The kernel's start time of a process (proc(5), field 22); "" where there is no /proc.

    A killed process that its parent has not collected yet counts as not running.
    """
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]
