"""`ilim copy`: move the store to another database."""

import asyncio

import click

from aggregator.commands.house import Door
from aggregator.commands.output import emit, reporting, tell
from aggregator.commands.serving import only_one
from aggregator.store.address import FORMS, Address
from aggregator.store.transfer import Copied, Transfer
from aggregator.wording import say


@click.command()
@click.option("--to", "target", required=True, metavar="URL", help=f"Where to: {FORMS}.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def copy(door: Door, target: str, as_json: bool) -> None:
    """Copy both databases to another address, and compare them there.

    The target must be new or empty. After an interruption the same command goes on. Ilim must not
    be at work on this store meanwhile. A password is taken from the address or from PGPASSWORD.
    """
    source = door.address(door.settings().database)
    chosen = Address.parse(target)
    chosen.make_folder()

    async def work() -> list[Copied]:
        with reporting() as reporter:
            return await Transfer(source, chosen, reporter.tell).run()

    with only_one(door):
        tables = asyncio.run(work())
    for one in tables:
        tell(
            say(
                "{table}: rows {rows}, copied now {copied}, hash {hash}",
                table=one.table,
                rows=one.rows,
                copied=one.copied,
                hash=one.hash,
            )
        )
    tell(
        say(
            "Both are the same. Ilim goes on using {source}, until ilim.yaml names {target}.",
            source=source,
            target=chosen,
        )
    )
    if as_json:
        emit({"tables": tables})
