"""What a browser says it prefers: header lists with weights (RFC 9110 §12.4.2)."""

import re

_QUALITY = re.compile(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", re.IGNORECASE)
MAX_HEADER = 1000


def weights(header: str) -> dict[str, float]:
    """``"ru, en;q=0.5"`` as ``{"ru": 1.0, "en": 0.5}``, names in lower case.

    The first of a repeated name counts; a weight that makes no sense counts as 0.
    """
    found: dict[str, float] = {}
    for part in header[:MAX_HEADER].split(","):
        name, _, parameter = part.partition(";")
        if key := name.strip().lower():
            found.setdefault(key, _quality(parameter))
    return found


def _quality(parameter: str) -> float:
    if not parameter.strip():
        return 1.0
    match = _QUALITY.fullmatch(parameter)
    return min(float(match[1]), 1.0) if match else 0.0


def preferred_language(header: str, languages: tuple[str, ...]) -> str:
    """The one of ``languages`` that an ``Accept-Language`` header likes best, else the first."""
    best, most = languages[0], 0.0
    for tag, weight in weights(header).items():
        code = tag.split("-")[0]
        if code in languages and weight > most:
            best, most = code, weight
    return best


def accepts_gzip(header: str) -> bool:
    """Whether an ``Accept-Encoding`` header takes gzip, by name or by "*"."""
    named = weights(header)
    return named.get("gzip", named.get("*", 0.0)) > 0
