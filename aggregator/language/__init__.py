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
from aggregator.language.collation import collation_beginning, collation_key
from aggregator.language.guess import Guess, guess
from aggregator.language.keyboards import other_layouts
from aggregator.language.kyrgyz import stem_folded
from aggregator.language.scripts import Scheme, to_cyrillic, to_latin, transliterate
from aggregator.language.spellings import kyrgyz_spellings
from aggregator.language.stopwords import QUERY_STOP_WORDS, STOP_WORDS
from aggregator.language.words import RUN, Token, fold, is_cyrillic, pieces, tokens

__all__ = [
    "ANALYSIS_VERSION",
    "QUERY_STOP_WORDS",
    "RUN",
    "STOP_WORDS",
    "Analysis",
    "Entry",
    "Guess",
    "Scheme",
    "Token",
    "analyse",
    "chain_a",
    "chain_c",
    "chain_f",
    "collation_beginning",
    "collation_key",
    "entry",
    "fold",
    "folded_key",
    "guess",
    "is_cyrillic",
    "kyrgyz_spellings",
    "other_layouts",
    "pieces",
    "stem",
    "stem_folded",
    "to_cyrillic",
    "to_latin",
    "tokens",
    "transliterate",
]
