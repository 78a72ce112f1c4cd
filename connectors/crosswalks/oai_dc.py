"""Dublin Core as OAI-PMH carries it: ``oai_dc``, and the DCMI terms of qualified Dublin Core.

Sources: the Dublin Core element set 1.1, DCMI terms, the OpenAIRE guidelines for
info:eu-repo words, and what OJS, DSpace, EPrints and Digital Commons were seen to write in
9,300 recorded records.
"""

from aggregator.record import Record
from connectors.crosswalks.dc_statements import statements
from connectors.crosswalks.dublin_core import record_of
from connectors.crosswalks.remainder import Remainder

VERSION = 3


def read(
    body: bytes, source: str, local_id: str, stamp: str, language: str, *, year: int
) -> Record:
    """The Record of one ``oai_dc`` or ``qdc`` payload; ``year`` is the current one, a bound for
    dates.

    Raises SkipRecord for unreadable XML, a root that is not Dublin Core, or no content at all.
    A record without a title is kept (HARVESTING 33).
    """
    rest = Remainder()
    said = statements(body, language, rest)
    return record_of(said, rest, source, local_id, stamp, year=year)
