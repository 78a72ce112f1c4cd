"""Reading a page in tests, with types: elements and values by XPath, text as a reader sees it."""

from typing import cast

from lxml import html
from lxml.html import HtmlElement


def parse(body: str) -> HtmlElement:
    return cast(HtmlElement, html.document_fromstring(body))


def elements(inside: HtmlElement, path: str) -> list[HtmlElement]:
    """The elements at ``path``."""
    return cast(list[HtmlElement], inside.xpath(path))


def values(inside: HtmlElement, path: str) -> list[str]:
    """The attributes or texts at ``path``."""
    return cast(list[str], inside.xpath(path))


def text(element: HtmlElement) -> str:
    """What stands in ``element``, spaces joined."""
    return " ".join(element.text_content().split())
