"""Language, pure: words, stems, keys and order, the same for documents, queries and pages.

``tokens`` cuts a text, ``analyse`` gives what an index keeps of it, ``collation_key`` sorts titles.
"""

from aggregator.language.chains import (
    ANALYSIS_VERSION,
    Analysis,
    Entry,
    analyse,
    chain_a,
    chain_c,
    chain_f,
    entry,
    folded_key,
    stem,
)
from aggregator.language.collation import collation_key
from aggregator.language.kyrgyz import stem_folded
from aggregator.language.stopwords import QUERY_STOP_WORDS, STOP_WORDS
from aggregator.language.words import RUN, Token, fold, is_cyrillic, pieces, tokens

__all__ = [
    "ANALYSIS_VERSION",
    "QUERY_STOP_WORDS",
    "RUN",
    "STOP_WORDS",
    "Analysis",
    "Entry",
    "Token",
    "analyse",
    "chain_a",
    "chain_c",
    "chain_f",
    "collation_key",
    "entry",
    "fold",
    "folded_key",
    "is_cyrillic",
    "pieces",
    "stem",
    "stem_folded",
    "tokens",
]
