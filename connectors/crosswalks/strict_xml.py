"""XML of one record, as every crosswalk reads it: strictly, and trusting nothing in it."""

from lxml import etree

from aggregator.errors import SkipRecord

_PARSER = etree.XMLParser(
    resolve_entities=False,
    no_network=True,
    load_dtd=False,
    huge_tree=False,
    recover=False,
    remove_comments=True,
    remove_pis=True,
)


def parse_xml(body: bytes) -> etree._Element:
    """The root element of a payload, without comments and processing instructions.

    Raises SkipRecord for what is not well-formed, and for a document type declaration: entities
    are never resolved and nothing is ever fetched (HARVESTING 63).
    """
    try:
        root = etree.fromstring(body, _PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SkipRecord(f"The record is not well-formed XML: {error}.") from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]  # the stubs forget it
        raise SkipRecord("The record brings a document type declaration, which is never read.")
    return root
