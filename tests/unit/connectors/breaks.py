"""Ways in which files of MARC records are broken (HARVESTING 65 to 73): functions of the bytes of
intact records. `HARMLESS` leave every record readable; `HURTING` spoil some of them."""

from collections.abc import Callable, Sequence

Bodies = Sequence[bytes]
Break = Callable[[Bodies], bytes]

EVERY = 10
"""One record of so many is hurt, from the second on; the last one is not."""


def _wrong_lengths(bodies: Bodies) -> bytes:
    """65: a length that is too short, too long or no number, in turn."""
    wrong = [b"00010", b"99999", b"     ", b"0x1f4"]
    return b"".join(wrong[n % 4] + body[5:] for n, body in enumerate(bodies))


def _lines_between(bodies: Bodies) -> bytes:
    """66: line ends between records, the end-of-file mark of old systems behind them."""
    return b"\r\n".join(bodies) + b"\r\n\x1a\x1a"


def _in_lines(width: int, end: bytes) -> Break:
    def broken(bodies: Bodies) -> bytes:
        """66: the whole file in lines of ``width`` bytes."""
        whole = b"".join(bodies)
        return end.join(whole[at : at + width] for at in range(0, len(whole), width))

    return broken


def _each_in_lines(bodies: Bodies) -> bytes:
    """66: each record in lines of 80 bytes."""
    return b"".join(_in_lines(80, b"\r\n")([body]) + b"\r\n" for body in bodies)


def _wrong_directory(bodies: Bodies) -> bytes:
    """70: positions in the directory begin again, as they do after 99,999 bytes."""
    return b"".join(_directory(body, lambda entry: entry[:7] + b"00000") for body in bodies)


def _wrong_base(bodies: Bodies) -> bytes:
    """The address of the data is none."""
    return b"".join(body[:12] + b"00000" + body[17:] for body in bodies)


def _lying_leaders(bodies: Bodies) -> bytes:
    """69 and 71: encoding, number of indicators and length of codes are not what they say."""
    return b"".join(body[:9] + b" 99" + body[12:] for body in bodies)


def _marks(bodies: Bodies) -> bytes:
    """A byte order mark before each record, zeros behind it."""
    return b"".join(b"\xef\xbb\xbf" + body + b"\x00\x00" for body in bodies)


def _rubbish_between(bodies: Bodies) -> bytes:
    """Lines of a log between records; no record is hurt."""
    line = b"\r\n2026-11-26 04:00:00 12345 exported, 1 warning\r\n"
    return b"".join(line + body if _hit(n, bodies) else body for n, body in enumerate(bodies))


def _no_terminators(bodies: Bodies) -> bytes:
    """Some records end without their terminator, which loses nothing."""
    return b"".join(body[:-1] if _hit(n, bodies) else body for n, body in enumerate(bodies))


def _cut_off(bodies: Bodies) -> bytes:
    """Some records are cut in their middle, without a terminator."""
    return b"".join(
        body[: len(body) // 2] if _hit(n, bodies) else body for n, body in enumerate(bodies)
    )


def _stray_terminators(bodies: Bodies) -> bytes:
    """A record terminator in the middle of some records."""
    return b"".join(
        body[: len(body) // 2] + b"\x1d" + body[len(body) // 2 :] if _hit(n, bodies) else body
        for n, body in enumerate(bodies)
    )


def _damaged_directories(bodies: Bodies) -> bytes:
    """A piece of the directory is gone."""
    return b"".join(
        body[:30] + body[37:] if _hit(n, bodies) else body for n, body in enumerate(bodies)
    )


def _no_field_ends(bodies: Bodies) -> bytes:
    """Some records have lost the ends of their fields."""
    return b"".join(
        body.replace(b"\x1e", b"") if _hit(n, bodies) else body for n, body in enumerate(bodies)
    )


HARMLESS: dict[str, Break] = {
    "lengths": _wrong_lengths,
    "lines between": _lines_between,
    "lines of 80": _in_lines(80, b"\r\n"),
    "lines of 72": _in_lines(72, b"\n"),
    "each in lines": _each_in_lines,
    "directory": _wrong_directory,
    "base": _wrong_base,
    "leaders": _lying_leaders,
    "marks": _marks,
}
"""All records come out, with the same fields."""

HURTING: dict[str, Break] = {
    "rubbish between": _rubbish_between,
    "no terminators": _no_terminators,
    "cut off": _cut_off,
    "stray terminators": _stray_terminators,
    "damaged directories": _damaged_directories,
    "no ends of fields": _no_field_ends,
}
"""All records that `intact` names come out byte for byte; something is told of the others."""


def intact(bodies: Bodies) -> list[bytes]:
    """The records that `HURTING` does not hurt."""
    return [body for n, body in enumerate(bodies) if not _hit(n, bodies)]


def _hit(number: int, bodies: Bodies) -> bool:
    return number % EVERY == 1 and number < len(bodies) - 1


def _directory(body: bytes, change: Callable[[bytes], bytes]) -> bytes:
    end = body.index(b"\x1e")
    entries = [body[at : at + 12] for at in range(24, end, 12)]
    return body[:24] + b"".join(map(change, entries)) + body[end:]
