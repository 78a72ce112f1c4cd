"""The command line (DESIGN §10): what other programs rely on."""

import logging
import sys
from pathlib import Path

import click

from aggregator.commands.adding import check, new
from aggregator.commands.examining import doctor
from aggregator.commands.harvesting import harvest, recrosswalk
from aggregator.commands.help import in_words
from aggregator.commands.house import Door
from aggregator.commands.judging import evaluate
from aggregator.commands.keeping import migrate, reindex, sources
from aggregator.commands.moving import copy
from aggregator.commands.output import tell
from aggregator.commands.reading import quarantine, records, search, show
from aggregator.commands.serving import serve, web, worker
from aggregator.commands.standing import status
from aggregator.commands.taking_down import suppress
from aggregator.errors import ConfigError, IlimError, Unavailable
from aggregator.memory import look_for_garbage_less
from aggregator.wording import reason, say
from connectors.registry import TROUBLES

WRONG, ABSENT, INTERRUPTED = 2, 3, 130


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config", type=click.Path(path_type=Path), default="config", envvar="ILIM_CONFIG",
    show_default=True, help="The configuration folder (or ILIM_CONFIG).",
)  # fmt: skip
@click.option(
    "--data", type=click.Path(path_type=Path), default="var", envvar="ILIM_DATA",
    show_default=True, help="The data folder (or ILIM_DATA).",
)  # fmt: skip
@click.version_option(package_name="ilim", prog_name="ilim")
@click.pass_context
def cli(context: click.Context, config: Path, data: Path) -> None:
    """Ilim: one free search over a country's scientific databases."""
    for trouble in TROUBLES:
        tell(trouble)
    context.obj = Door(config, data)


for command in (
    harvest, recrosswalk, search, show, records, quarantine, status, serve, web, worker, migrate,
    reindex, sources, suppress, copy, doctor, evaluate,
):  # fmt: skip
    cli.add_command(command)
for command in (new, check):
    sources.add_command(command)


def main() -> None:
    """Run a command; every error is a plain sentence and an exit code of DESIGN §10."""
    look_for_garbage_less()
    logging.basicConfig(
        level=logging.INFO,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    for noisy in ("alembic", "aiohttp.access", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("elastic_transport").setLevel(logging.ERROR)  # our own errors say it better
    try:
        in_words(cli).main(standalone_mode=False)
    except click.exceptions.Abort:
        end(_interrupted(), INTERRUPTED)
    except click.ClickException as error:
        error.show()
        sys.exit(WRONG)
    except UnicodeError as error:
        end(say("A word of the command cannot be read: {error}.", error=error), WRONG)
    except BaseExceptionGroup as group:
        end(*_verdict(group))
    except (IlimError, OSError, KeyboardInterrupt) as error:
        end(*_verdict(error))


def _verdict(error: BaseException) -> tuple[str, int]:
    if isinstance(error, BaseExceptionGroup):
        known, others = error.split((IlimError, OSError, KeyboardInterrupt))
        if others is not None or known is None:
            raise error
        return _verdict(known.exceptions[0])
    if isinstance(error, KeyboardInterrupt):
        return _interrupted(), INTERRUPTED
    if isinstance(error, ConfigError):
        return str(error), WRONG
    if isinstance(error, Unavailable | IlimError):
        return str(error), ABSENT
    if isinstance(error, BrokenPipeError):
        return "", 0
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{reason(error)}.", ABSENT
    raise error


def _interrupted() -> str:
    return say("Interrupted. Nothing is lost: the next run goes on from here.")


def end(words: str, code: int) -> None:
    """Say the words on standard error and leave."""
    if words:
        tell(words)
    sys.exit(code)


if __name__ == "__main__":
    main()
