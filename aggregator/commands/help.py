"""Help and click's own words in the reader's language."""

import copy
import gettext
import os
import re

import click

from aggregator.wording import DOMAIN, LOCALE, language, later, say

_FORMS = (later("[OPTIONS]"), later("COMMAND [ARGS]..."), later("[COMMAND] [ARGS]..."))
"""What click writes after the name of a command."""

_TYPES = (
    later("directory"),
    later("file"),
    later("integer"),
    later("integer range"),
    later("path"),
)
"""Kinds of values, as click names them in messages and, in capitals, in help."""


def in_words(command: click.Command) -> click.Command:
    """A copy of ``command`` and of all below it, whose help is in the reader's language.

    What click itself says (Usage, Error, …) it asks of Python's gettext, which is told where our
    texts are.
    """
    os.environ["LANGUAGE"] = language()  # or gettext would pass over English, which has no texts
    gettext.bindtextdomain(DOMAIN, str(LOCALE))
    gettext.textdomain(DOMAIN)
    return _spoken(command)


def paragraphs(text: str | None) -> list[str]:
    """The paragraphs of a help text, as the catalogues have them: each in one line."""
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text or "") if part.strip()]


def _spoken(command: click.Command) -> click.Command:
    made = copy.copy(command)
    made.help = "\n\n".join(map(say, paragraphs(command.help)))
    made.options_metavar = say(command.options_metavar or "")
    made.params = [_spoken_parameter(one) for one in command.params]
    made._help_option = None  # click keeps the one it made once, in the words of then
    if isinstance(made, click.Group) and isinstance(command, click.Group):
        made.subcommand_metavar = say(command.subcommand_metavar)
        made.commands = {name: _spoken(one) for name, one in command.commands.items()}
    return made


def _spoken_parameter(parameter: click.Parameter) -> click.Parameter:
    made = copy.copy(parameter)
    if isinstance(made, click.Option) and made.help:
        made.help = say(made.help)
    if made.type.name in _TYPES:
        made.type = copy.copy(made.type)
        made.type.name = say(made.type.name)
    return made
