"""Which addresses a source may make us connect to.

A partner's redirect or DNS answer must not reach into the private network Ilim runs in. Names
are checked when they are resolved for the connection itself, so an answer that changes between
a check and its use (DNS rebinding) gains nothing.
"""

import re
from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from socket import AF_INET, AddressFamily

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from aggregator.errors import SourceBroken
from aggregator.wording import say

_NAT64 = ip_network("64:ff9b::/96")
_COMPATIBLE = ip_network("::/96")

_HOST = re.compile(r"\w([\w.-]*\w)?")
_UNSAFE = re.compile(rb"[^\x21-\x7e]")
_AUTHORITY = re.compile(r"((?:https?:)?//)([^/?#]+)", re.IGNORECASE)
_ODD = "surrogateescape"
_SHOWN = 200


def describe(url: str | URL) -> str:
    """An address as it may be shown and logged: no user, password or query."""
    plain = URL(url, encoded=True) if isinstance(url, str) else url
    if not plain.host:
        return f"{plain.scheme}:"
    return str(plain.with_user(None).with_query(None).with_fragment(None))


def is_this_machine(url: URL) -> bool:
    """Whether an address names this very machine."""
    host = url.host or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def web_address(url: str, query: str = "", home: URL | None = None) -> URL:
    """``url`` and an encoded ``query`` as they go over the wire: nothing is encoded twice.

    ``home`` is where a relative ``url`` starts. Raises SourceBroken for what is no address.
    """
    bare = url.strip().partition("#")[0]
    joint = ("&" if "?" in bare else "?") if query else ""
    text = f"{_in_ascii(bare)}{joint}{query.replace('#', '%23')}"
    # Headers may hold any bytes; aiohttp hands the odd ones on as surrogates.
    safe = _UNSAFE.sub(lambda byte: b"%%%02X" % byte.group()[0], text.encode("utf-8", _ODD))
    try:
        made = URL(safe.decode("ascii"), encoded=True)
        made = home.join(made) if home is not None else made
        _ = made.host, made.port  # read only when asked for, and may be wrong
    except ValueError as error:
        shown = text.encode("utf-8", _ODD).decode("utf-8", "replace")[:_SHOWN]
        raise SourceBroken(say("“{word}” is not a web address.", word=shown), "address") from error
    return made


def _in_ascii(url: str) -> str:
    """``url`` with the name of its host as the DNS knows it, where that is in Cyrillic, say."""
    found = _AUTHORITY.match(url)
    if found is None or found[2].isascii():
        return url
    try:
        authority = URL(f"http://{found[2]}").raw_authority
    except ValueError:
        return url
    return found[1] + authority + url[found.end() :]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open Internet, whatever form hides an IPv4 one."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        inner = _inner(parsed)
        if inner is not None:
            parsed = inner
    return parsed.is_global and not parsed.is_multicast


def _inner(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for (mapped, compatible, 6to4, NAT64, Teredo)."""
    if address in _NAT64 or address in _COMPATIBLE:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo is not None:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour


def network_of(text: str) -> IPv4Network | IPv6Network | None:
    """The network that a line of ``networks`` names, or None where it is a host name.

    Raises ValueError where it is neither.
    """
    try:
        return ip_network(text, strict=False)
    except ValueError:
        if not _HOST.fullmatch(text) or re.fullmatch(r"[\d.]+", text):
            raise
        return None


class AddressGuard:
    """Allows public addresses, the source's own host and port, and what ``networks`` lists."""

    def __init__(self, home: str, networks: Sequence[str]) -> None:
        own = URL(home)
        self._home = ((own.host or "").lower(), own.port)
        self._ranges = [found for line in networks if (found := network_of(line)) is not None]
        self._names = {line.lower() for line in networks if network_of(line) is None}

    def allows(self, host: str, port: int | None, address: str) -> bool:
        """Whether ``host:port`` may be reached at ``address``."""
        host = host.lower()
        if host in self._names or (host, self._same_port(port)) == self._home:
            return True
        parsed = ip_address(address)
        if any(parsed in known for known in self._ranges if known.version == parsed.version):
            return True
        return is_public(address)

    def _same_port(self, port: int | None) -> int | None:
        # From http to https of one host is still the host the administrator named.
        return 80 if port == 443 and self._home[1] == 80 else port

    def check(self, url: URL) -> None:
        """Refuse an address that is no web address, or is written as a private IP address.

        Raises SourceBroken.
        """
        if url.scheme not in ("http", "https") or not url.host:
            raise no_web_address(f"{url.scheme}:")
        try:
            ip_address(url.host)
        except ValueError:
            if not _is_name(url.host):
                raise no_web_address(describe(url)) from None
            return  # a name: checked when it is resolved
        if not self.allows(url.host, url.port, url.host):
            raise private(url.host)


def _is_name(host: str) -> bool:
    """Whether a host could be looked up at all."""
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return True


def no_web_address(shown: str) -> SourceBroken:
    """The refusal of what is no http(s) address, as an error to raise."""
    return SourceBroken(
        say(
            "{address} is no web address; nothing was fetched. Check `url` in the source's file, "
            "and where that address leads in a browser.",
            address=shown,
        ),
        "address",
    )


def private(host: str) -> SourceBroken:
    """The refusal to connect to a private address, as an error to raise."""
    return SourceBroken(
        say(
            "The source sent us on to {address}, an address inside a private network; nothing was "
            "fetched. If that is right, list it under `http.networks` in the source's file.",
            address=host,
        ),
        "address",
    )


class GuardedResolver(AbstractResolver):
    """Resolves names for connections and leaves out the addresses the guard refuses."""

    def __init__(self, guard: AddressGuard) -> None:
        self._guard = guard
        self._inner = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: AddressFamily = AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        allowed = [one for one in found if self._guard.allows(host, port, one["host"])]
        if found and not allowed:
            raise private(host)
        return allowed

    async def close(self) -> None:
        await self._inner.close()
