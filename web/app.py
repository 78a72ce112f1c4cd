"""The web application: routes, error pages, security headers.

``create_app`` wires everything and nothing is global; `make_runner` gives it to a server.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from aiohttp.http_exceptions import BadHttpMessage
from aiohttp.typedefs import Handler
from aiohttp.web import (
    AppKey,
    Application,
    AppRunner,
    HTTPException,
    HTTPPermanentRedirect,
    Request,
    Response,
    StreamResponse,
    middleware,
)

from aggregator.errors import ConfigError, RetryLater, Unavailable
from aggregator.index.fields import FieldTable
from aggregator.source import SourceConfig
from web.assets import Assets
from web.negotiation import preferred_language
from web.pages import Pages
from web.params import read_state
from web.responses import add_security_headers, page
from web.site import Finder, Site
from web.words import LANGUAGES, LOCALE, read_words

LOG = logging.getLogger(__name__)
REQUESTS = logging.getLogger(f"{__name__}.requests")
SITE = AppKey("SITE", Site)
MAX_LINE = 320 * 1024
"""Bytes of a request line: 100 KB of text pasted where a query belongs are three times as many in
an address, and are answered with what was read of them."""
MAX_FIELD = 64 * 1024
"""Bytes of a header."""


def create_app(
    search: Finder,
    table: FieldTable,
    sources: Sequence[SourceConfig] | Mapping[str, SourceConfig],
    *,
    languages: Sequence[str] = LANGUAGES,
    locale: Path = LOCALE,
) -> Application:
    """The site over ``search``. ``table`` names the fields, ``sources`` are all configured
    ones (a mapping by id may change while the site serves), ``languages`` those of the pages,
    first the one for visitors who ask for none.

    Raises ConfigError when the pages' texts are not compiled (`make install` does).
    """
    site = Site(
        search=search,
        languages=tuple(languages),
        sources=sources
        if isinstance(sources, Mapping)
        else {source.id: source for source in sources},
        words=read_words(locale, languages),
        labels={name: field.labels for name, field in table.fields.items()},
        facets=frozenset(field.name for field in table.facets),
        assets=Assets(),
    )
    app = Application(middlewares=[errors])
    app[SITE] = site
    app.on_response_prepare.append(add_security_headers)
    pages = Pages(site)
    app.on_cleanup.append(pages.close)
    language = "/{lang:" + "|".join(languages) + "}"
    work = language + "/work/{id:[^/{}]{1,200}}"
    router = app.router
    router.add_get("/", pages.root)
    router.add_get(language, _with_slash)
    router.add_get(language + "/", pages.home)
    router.add_get(language + "/search", pages.results)
    router.add_get(language + "/suggest", pages.suggest)
    router.add_get(language + "/sources", pages.sources)
    router.add_get(work, pages.work)
    router.add_get(work + "/raw", pages.raw)
    router.add_get("/static/{hash}/{name}", site.assets.serve)
    router.add_get("/robots.txt", pages.robots)
    router.add_get("/healthz", pages.health)
    return app


def make_runner(app: Application) -> AppRunner:
    """A runner that takes long addresses; whoever makes it cleans it up."""
    return AppRunner(
        app, access_log=None, logger=REQUESTS, max_line_size=MAX_LINE, max_field_size=MAX_FIELD
    )


def _is_ours(record: logging.LogRecord) -> bool:
    """Whether a fault is the site's. A visitor's malformed request is answered with 400 and leaves
    no trace in the log, or robots would fill it."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, BadHttpMessage)


REQUESTS.addFilter(_is_ours)


async def _with_slash(request: Request) -> Response:
    raise HTTPPermanentRedirect(f"{request.path}/")


@middleware
async def errors(request: Request, handler: Handler) -> StreamResponse:
    """Turn what went wrong into a page in the reader's language; a trace goes to the log only."""
    try:
        return await handler(request)
    except HTTPException as error:
        if error.status < 400:
            raise
        response = _error_page(request, error.status)
        if "Allow" in error.headers:
            response.headers["Allow"] = error.headers["Allow"]
        return response
    except (ConfigError, RetryLater, Unavailable) as error:  # the first: rights were changed, say
        LOG.warning("%s: %s", request.path, error)
        response = _error_page(request, 503, getattr(error, "since", None))
        response.headers["Retry-After"] = "30"
        return response
    except Exception:
        LOG.exception("The page %s could not be made", request.path)
        return _error_page(request, 500)


def _error_page(request: Request, status: int, since: datetime | None = None) -> Response:
    site = request.app[SITE]
    first = request.path.split("/")[1]
    if first in site.languages:
        language = first
    else:
        accept = request.headers.get("Accept-Language", "")
        language = preferred_language(accept, site.languages)
    html = site.render(
        "error.html",
        language,
        path="",
        status=status,
        since=since,
        state=read_state(request.query.items(), site.facets),
    )
    return page(request, html, status=status)
