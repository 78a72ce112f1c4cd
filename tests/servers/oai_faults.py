"""What partners' servers do instead of the protocol: a fault for each case of HARVESTING §2.

A fault is put before a `tests.servers.faulty_oai.Repository`; ``cured`` ones let all requests
through. Numbers in brackets are the cases.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from aiohttp import web

from tests.servers.faulty_oai import Answer, Ask, Query, Repository, envelope, error

TOKEN = re.compile(rb"<resumptionToken[^>]*>([^<]*)</resumptionToken>")
EMPTY_TOKEN = rb"<resumptionToken></resumptionToken>"


def place(query: Query) -> int:
    """Which record of a list a request begins with; 0 for a list's first page."""
    return int(query.get("resumptionToken", "0").split("|")[0].split("~")[0] or 0)


def is_list(query: Query) -> bool:
    return query.get("verb") == "ListRecords"


def body(answer: Answer) -> bytes:
    assert isinstance(answer, bytes), answer
    return answer


def with_token(page: bytes, token: str) -> bytes:
    """``page`` with another token, sizes and all else as they were."""
    if TOKEN.search(page):
        return TOKEN.sub(
            lambda found: found[0].replace(b">" + found[1] + b"<", b">" + token.encode() + b"<"),
            page,
        )
    verb = b"ListRecords" if b"<ListRecords>" in page else b"ListIdentifiers"
    end = b"<resumptionToken>" + token.encode() + b"</resumptionToken></" + verb + b">"
    return page.replace(b"</" + verb + b">", end)


@dataclass
class Fault:
    """``times``: how often it happens before it is cured; None for ever. ``lists``: only in answers
    to ListRecords."""

    times: int | None = None
    lists: bool = True
    happened: int = 0

    @property
    def cured(self) -> bool:
        return self.times is not None and self.happened >= self.times

    def cure(self) -> None:
        self.times = 0

    def __call__(self, query: Query, ask: Ask) -> Answer:
        if self.cured or (self.lists and not is_list(query)):
            return ask(query)
        answer = self.answer(query, ask)
        if answer is None:
            return ask(query)
        self.happened += 1
        return answer

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        """Another answer, None for the honest one."""
        raise NotImplementedError


@dataclass
class Expired(Fault):
    """Tokens from the record ``at`` on are not known any more [1]."""

    at: int = 10

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        return error("badResumptionToken", "expired") if place(query) >= self.at else None


@dataclass
class OwnToken(Fault):
    """From the record ``at`` on a request returns its own token [2]."""

    at: int = 5

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        if place(query) != self.at:
            return None
        return with_token(body(ask(query)), query["resumptionToken"])


@dataclass
class Session(Fault):
    """One token for the whole list; where a reader is, the server knows alone [3]."""

    lists: bool = False
    next: str = ""

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        if not query.get("verb", "").startswith("List") or "metadataPrefix" not in query:
            if query.get("resumptionToken") != "session":
                return None
            query = {"verb": query["verb"], "resumptionToken": self.next}
        page = body(ask(query))
        found = TOKEN.search(page)
        self.next = found[1].decode() if found else ""
        return with_token(page, "session") if self.next else page


@dataclass
class EmptyPages(Fault):
    """Before the record ``at`` come ``count`` pages without a record [4]."""

    at: int = 5
    count: int = 35

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        token = query.get("resumptionToken", "")
        if place(query) != self.at:
            return None
        honest, _, turn = token.partition("~")
        if int(turn or 0) >= self.count:
            return ask({**query, "resumptionToken": honest})
        more = f"{honest}~{int(turn or 0) + 1}"
        return envelope(f"<ListRecords><resumptionToken>{more}</resumptionToken></ListRecords>")


@dataclass
class TokenAfterEnd(Fault):
    """The last page has a token; ``then`` is what it leads to [5, 6, 9].

    An OAI error's code, "" for a page without records, "again" for the first page for ever.
    """

    then: str = ""
    lists: bool = False

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        if not query.get("verb", "").startswith("List") or query["verb"] == "ListMetadataFormats":
            return None
        token = query.get("resumptionToken", "")
        if token.startswith("999"):
            if self.then == "again":
                first = {"verb": query["verb"], "metadataPrefix": "oai_dc"}
                return with_token(body(ask(first)), f"999{int(token) + 1}")
            verb = query["verb"]
            return error(self.then) if self.then else envelope(f"<{verb}></{verb}>")
        page = body(ask(query))
        found = TOKEN.search(page)
        return None if (found and found[1]) or b"<error" in page else with_token(page, "999")


@dataclass
class Ends(Fault):
    """At the record ``at`` the list ends: with the error ``code``, or as if it were over [6, 7]."""

    at: int = 10
    code: str = ""

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        if self.code:
            return error(self.code) if place(query) == self.at else None
        page = body(ask(query))
        found = TOKEN.search(page)
        ends = found and found[1].split(b"|")[0] == str(self.at).encode()
        return with_token(page, "") if ends else None


@dataclass
class Size(Fault):
    """completeListSize is this in every answer; -1 takes it away from all but first pages [8]."""

    size: int = 0

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        page = body(ask(query))
        if self.size >= 0:
            return re.sub(
                rb'completeListSize="\d+"', f'completeListSize="{self.size}"'.encode(), page
            )
        return re.sub(rb' completeListSize="\d+"', b"", page) if place(query) else None


@dataclass
class Broken(Fault):
    """HTTP ``status`` for the page of the record ``at``, or for all pages with ``record``, or for
    all there are [10]."""

    at: int | None = 10
    record: str = ""
    status: int = 500
    text: str = "Internal Server Error"

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        if self.record:
            held = f"<identifier>{self.record}<".encode() in body(ask(query))
        else:
            held = self.at is None or (place(query) == self.at and "resumptionToken" in query)
        return web.Response(status=self.status, text=self.text) if held else None


@dataclass
class OddTokens(Fault):
    """Tokens hold what must be encoded, and have space around them [11]."""

    lists: bool = False

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        token = query.get("resumptionToken")
        if token is not None:
            if not token.startswith("+/=?&amp %2B ключ!"):
                return error("badResumptionToken", token)
            query = {**query, "resumptionToken": token.removeprefix("+/=?&amp %2B ключ!")}
        found = TOKEN.search(page := body(ask(query)))
        if not found or not found[1]:
            return page
        return with_token(page, f"\n  +/=?&amp;amp %2B ключ!{found[1].decode()}\n ")


@dataclass
class NoDates(Fault):
    """from and until are not looked at [13]."""

    lists: bool = False

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        if not {"from", "until"} & set(query):
            return None
        return ask({key: query[key] for key in query if key not in ("from", "until")})


@dataclass
class Nothing4xx(Fault):
    """Where nothing matches the answer is this HTTP status, with the error or without [14]."""

    status: int = 422
    told: bool = True
    lists: bool = False

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        found = ask(query)
        if not isinstance(found, bytes) or b'code="noRecordsMatch"' not in found:
            return None
        return web.Response(status=self.status, body=found if self.told else b"Not here")


@dataclass
class Scrolls(Fault):
    """Not more than ``most`` lists may be open; one is closed ``turns`` requests after its last
    page was asked for [15]."""

    most: int = 1
    turns: int = 4
    open: dict[str, int] = field(default_factory=dict)
    turn: int = 0

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        self.turn += 1
        self.open = {key: end for key, end in self.open.items() if end > self.turn}
        token = query.get("resumptionToken", "")
        list = token.partition("~")[2]
        if token and list not in self.open:
            return error("badResumptionToken", "no such scroll")
        if not token:
            if len(self.open) >= self.most:
                return web.Response(status=503, text="Trying to create too many scroll contexts")
            list = str(self.turn)
        self.open[list] = self.turn + self.turns
        honest = token.partition("~")[0]
        page = body(ask({**query, "resumptionToken": honest} if token else query))
        found = TOKEN.search(page)
        if not found or not found[1]:
            self.open.pop(list)
            return page
        return with_token(page, f"{found[1].decode()}~{list}")


@dataclass
class DaysOnly(Fault):
    """Dates with a time are refused, whatever Identify says; ``word`` is the error [16]."""

    word: str = "badArgument"
    lists: bool = False

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        return error(self.word) if "T" in query.get("from", "") + query.get("until", "") else None


@dataclass
class Replaced(Fault):
    """What the pattern ``old`` finds in an answer is ``new`` instead [17, 23 to 28]."""

    old: str = ""
    new: str = ""
    lists: bool = False

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        page = ask(query)
        if not isinstance(page, bytes) or not re.search(self.old.encode(), page):
            return None
        return re.sub(self.old.encode(), self.new.encode(), page)


@dataclass
class FutureUntil(Fault):
    """An until that is not over yet is refused, and so are both dates together [22]."""

    lists: bool = False

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        return error("badArgument", "no until") if "until" in query else None


@dataclass
class Unlisted(Fault):
    """Lists leave these records out, which are had by name all the same [7, 26]."""

    names: tuple[str, ...] = ()

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        page = body(ask(query))
        for name in self.names:
            page = re.sub(
                rb"<record><header[^>]*><identifier>"
                + re.escape(name.encode())
                + rb"<.*?</record>",
                b"",
                page,
            )
        return page


@dataclass
class Moving(Fault):
    """While the list is read, at the record ``at``, a record before it is changed, or removed where
    ``stamp`` is "" [31]."""

    repository: Repository = field(default_factory=lambda: Repository([]))
    at: int = 5
    number: int = 1
    stamp: str = "2026-11-20T10:30:00Z"

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        if place(query) != self.at:
            return None
        if self.stamp:
            self.repository.change(self.number, stamp=self.stamp)
        else:
            records = self.repository.records
            self.repository.records = [*records[: self.number], *records[self.number + 1 :]]
        return ask(query)


@dataclass
class NoSets(Fault):
    """``set`` in a request: ignored, or answered with this error [32]."""

    code: str = ""
    lists: bool = False

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        if "set" not in query:
            return None
        if self.code:
            return error(self.code)
        return ask({key: query[key] for key in query if key != "set"})


# Beyond the numbered cases


@dataclass
class Repeats(Fault):
    """Every token leads to the first page, with a token that is always new."""

    lists: bool = False
    served: Counter[str] = field(default_factory=Counter)
    start: dict[str, str] = field(default_factory=dict)

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        if not query.get("verb", "").startswith("List"):
            return None
        if "metadataPrefix" in query:
            self.start = dict(query)
        elif not self.start:
            return None
        page = body(ask({**self.start, "verb": query["verb"]}))
        self.served["all"] += 1
        found = TOKEN.search(page)
        return with_token(page, f"9{self.served['all']}") if found and found[1] else page


@dataclass
class Restarts(Fault):
    """A token for the record ``at`` gives the first page of its list instead of an error."""

    at: int = 10
    start: dict[str, str] = field(default_factory=dict)

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        if "metadataPrefix" in query:
            self.start = dict(query)
        if place(query) != self.at or not self.start:
            return None
        return ask(self.start)


@dataclass
class Skips(Fault):
    """The token for the record ``at`` leads ``by`` records further."""

    at: int = 5
    by: int = 5
    lists: bool = False

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        if not query.get("verb", "").startswith("List") or place(query) != self.at:
            return None
        head, _, rest = query["resumptionToken"].partition("|")
        return ask({**query, "resumptionToken": f"{int(head) + self.by}|{rest}"})


@dataclass
class Cut(Fault):
    """The page of the record ``at`` stops half-way; Content-Length is right or not."""

    at: int = 5
    length: bool = False

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        if place(query) != self.at or (self.at and "resumptionToken" not in query):
            return None
        page = body(ask(query))
        if not self.length:
            return page[: len(page) // 2]
        answer = web.StreamResponse(headers={"Content-Length": str(len(page) + 100)})
        answer.force_close()
        return answer


@dataclass
class Silence(Fault):
    """An empty answer of the protocol: an envelope, or a list without a record."""

    at: int = 5
    inner: str = ""

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        return envelope(self.inner) if place(query) == self.at else None


@dataclass
class OtherVerb(Fault):
    """ListRecords is answered with a list of identifiers."""

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        return ask({**query, "verb": "ListIdentifiers"})


@dataclass
class Down(Fault):
    """Requests with one of these verbs fail with HTTP 500."""

    verbs: tuple[str, ...] = ("Identify",)
    lists: bool = False

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        return web.Response(status=500) if query.get("verb") in self.verbs else None


@dataclass
class ExclusiveUntil(Fault):
    """The day or moment of until is outside."""

    lists: bool = False

    def answer(self, query: Query, ask: Ask) -> Answer | None:
        until = query.get("until", "")
        if not until:
            return None
        if len(until) == len("2026-11-20"):
            if until <= query.get("from", ""):
                return error("noRecordsMatch")
            before = str(date.fromisoformat(until) - timedelta(days=1))
        else:
            moment = datetime.fromisoformat(until) - timedelta(seconds=1)
            before = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        return ask({**query, "until": before})
