"""The pages: each handler reads an address, asks the search, and renders a template."""

import asyncio
import re
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

from aiohttp.web import (
    Application,
    HTTPFound,
    HTTPGone,
    HTTPNotFound,
    HTTPPermanentRedirect,
    Request,
    Response,
    json_response,
)

from aggregator.errors import ConfigError, RetryLater, Unavailable
from aggregator.record import Record
from aggregator.search import Redirected, Results, Withdrawn
from web.coverages import Coverages
from web.listing import page_count
from web.negotiation import preferred_language
from web.params import PAGE_SIZE, PageState, one_line, read_state
from web.responses import compress, page
from web.site import Site
from web.sources import SHAPES, source_records, source_views
from web.statements import describe
from web.suggestions import options

HOME_VALUES = 6
"""Subjects on the home page."""
UNSAFE_NAME = re.compile(r"[^A-Za-z0-9._-]+")
RESULTS_PATH = re.compile(r"/[a-z]{2}/search")
MAX_RECORD_NAME = 1000
MAX_BEGINNING = 200
"""Characters typed, beyond which nothing is suggested."""
SUGGESTIONS_KEPT = 60
"""Seconds a browser may keep suggestions, for whoever takes letters back and types them again."""


class Pages:
    """The handlers, all over one `Site`."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._coverages = Coverages(site.search.coverage)

    async def close(self, _app: Application) -> None:
        """When the site ends."""
        await self._coverages.close()

    async def root(self, request: Request) -> Response:
        """``/`` leads to the reader's language."""
        language = preferred_language(
            request.headers.get("Accept-Language", ""), self._site.languages
        )
        raise HTTPFound(f"/{language}/", headers={"Vary": "Accept-Language"})

    async def home(self, request: Request) -> Response:
        language = request.match_info["lang"]
        since = None
        try:
            results = await self._site.search.find("", size=1)
        except (ConfigError, RetryLater, Unavailable) as error:
            # The home page stands without an index: only its figures are missing.
            results, since = None, getattr(error, "since", None)
        lister = self._site.listers[language]
        facets = {facet.name: facet for facet in results.facets} if results else {}
        subjects = lister.options(facets["subject"])[:HOME_VALUES] if "subject" in facets else ()
        sources = lister.options(facets["source"])[:HOME_VALUES] if "source" in facets else ()
        html = self._site.render(
            "home.html",
            language,
            path="",
            total=results.total if results else None,
            since=since,
            ridge=lister.ridge(facets, (None, None), _now().year),
            subjects=subjects,
            sources=sources,
            samples=self._site.samples,
        )
        return page(request, html)

    async def results(self, request: Request) -> Response:
        language = request.match_info["lang"]
        state = read_state(request.query.items(), self._site.facets)
        search = self._site.search
        results, status = await asyncio.gather(self._find(state, language), search.status())
        if not results.hits and results.total and state.page > page_count(results.total):
            state = state.with_page(page_count(results.total))
            results = await self._find(state, language)
        listing = self._site.listers[language].listing(state, results, _now().year)
        html = self._site.render(
            "results.html" if results.total else "nothing.html",
            language,
            path=_path("search", state),
            state=state,
            listing=listing,
            status=status,
            year_label=self._site.label("year", language),
        )
        return page(request, html)

    async def suggest(self, request: Request) -> Response:
        """What the query being typed may become, for the script of the pages: a list that is empty
        where there is nothing to say, never an error page."""
        words = self._site.words[request.match_info["lang"]]
        typed = one_line(request.query.get("q", ""), MAX_BEGINNING + 1)
        try:
            known = len(typed) <= MAX_BEGINNING
            found = await self._site.search.complete(typed) if known else ()
        except (ConfigError, RetryLater, Unavailable):
            return json_response([], status=503, headers={"Cache-Control": "no-store"})
        response = json_response(options(found, words))
        response.headers["Cache-Control"] = f"private, max-age={SUGGESTIONS_KEPT}"
        response.headers["Vary"] = "Accept-Encoding"
        compress(request, response)
        return response

    async def work(self, request: Request) -> Response:
        language, id = request.match_info["lang"], request.match_info["id"]
        found = await self._site.search.work(id)
        match found:
            case None:
                raise HTTPNotFound
            case Withdrawn():
                raise HTTPGone
            case Redirected(to=to):
                raise HTTPPermanentRedirect(
                    f"/{language}/work/{to}", headers={"Cache-Control": "no-cache"}
                )
        words, lister = self._site.words[language], self._site.listers[language]
        records = [stored.record for stored in found.records]
        living = [record for record in records if isinstance(record, Record)]
        html = self._site.render(
            "work.html",
            language,
            path=f"work/{id}",
            work=found.work,
            hit=(hit := lister.heading(found.work)),
            title_text="".join(piece.text for piece in hit.title),
            records=source_records(found, words),
            description=describe(living, words),
            lister=lister,
            back=_back(request, self._site),
        )
        return page(request, html)

    async def raw(self, request: Request) -> Response:
        """The payload as its source sent it: plain text to keep, never anything to run."""
        found = await self._site.search.work(request.match_info["id"])
        name = request.query.get("record", "")[:MAX_RECORD_NAME]
        source, _, local_id = name.partition("/")
        if found is None or isinstance(found, Withdrawn | Redirected):
            raise HTTPNotFound
        if (source, local_id) not in {(m.source, m.local_id) for m in found.work.members}:
            raise HTTPNotFound
        payload = await self._site.search.raw(source, local_id)
        if payload is None:
            raise HTTPNotFound
        file_name = UNSAFE_NAME.sub("-", f"{source}-{local_id}")[:100].strip("-.")
        return Response(
            body=payload.body,
            content_type="text/plain",
            charset="utf-8",
            headers={
                "Content-Disposition": f'attachment; filename="{file_name}.txt"',
                "Cache-Control": "no-cache",
            },
        )

    async def sources(self, request: Request) -> Response:
        language = request.match_info["lang"]
        figures = await self._site.search.sources()
        shown = [id for id, source in self._site.sources.items() if source.enabled]
        coverages = await self._coverages.of([id for id in shown if id in figures])
        words = self._site.words[language]
        views = source_views(self._site.sources, figures, coverages, words, _now())
        connected = [view for view in views if view.state != "off"]
        html = self._site.render(
            "sources.html",
            language,
            path="sources",
            connected=connected,
            well=sum(view.state == "well" for view in connected),
            others_of={
                state: count
                for state in SHAPES
                if state != "well" and (count := sum(view.state == state for view in connected))
            },
            legend=SHAPES.items(),
            others=[view for view in views if view.state == "off"],
        )
        return page(request, html)

    async def robots(self, request: Request) -> Response:
        """Works and sources may be indexed; filter combinations without end may not."""
        rules = [
            f"Disallow: /{code}/{part}"
            for code in self._site.languages
            for part in ("search", "suggest", "*/raw")
        ]
        return Response(
            text="\n".join(["User-agent: *", *rules, ""]),
            headers={"Cache-Control": "public, max-age=86400"},
        )

    async def health(self, request: Request) -> Response:
        """For whoever watches the server: 200 while store and index answer, else 503."""
        try:
            status = await self._site.search.status()
        except (ConfigError, RetryLater, Unavailable) as error:
            return _unhealthy(str(error))
        if status.state == "resting":
            return _unhealthy(status.reason)
        body = {
            "status": "ok",
            "engine": status.engine,
            "index": status.state,
            "works": status.works,
            "behind": status.behind,
        }
        return json_response(body, headers={"Cache-Control": "no-store"})

    async def _find(self, state: PageState, language: str) -> Results:
        return await self._site.search.find(
            state.text,
            filters=state.filters,
            sort=state.sort,
            size=PAGE_SIZE,
            offset=(state.page - 1) * PAGE_SIZE,
            language=language,
            concepts=state.concepts,
        )


def _unhealthy(reason: str) -> Response:
    return json_response(
        {"status": "unavailable", "reason": reason},
        status=503,
        headers={"Cache-Control": "no-store"},
    )


def _path(name: str, state: PageState) -> str:
    """An address below the language, for the links to the other languages."""
    query = state.query()
    return f"{name}?{query}" if query else name


def _back(request: Request, site: Site) -> PageState | None:
    """The results the reader came from, read from this site's own Referer; never another's."""
    try:
        referer = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return None
    if referer.netloc != request.host or not RESULTS_PATH.fullmatch(referer.path):
        return None
    pairs = parse_qsl(referer.query, max_num_fields=None, errors="replace")
    return read_state(pairs, site.facets)


def _now() -> datetime:
    return datetime.now(UTC)
