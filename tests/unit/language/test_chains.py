"""Words into stems and keys."""

from hypothesis import given
from hypothesis import strategies as st

from aggregator.language import (
    QUERY_STOP_WORDS,
    RUN,
    STOP_WORDS,
    analyse,
    chain_a,
    chain_c,
    chain_f,
    entry,
    folded_key,
    pieces,
    stem,
    tokens,
)
from aggregator.language.memory import Memory


def test_the_script_of_a_word_chooses_its_stemmer() -> None:
    assert chain_a("universities") == chain_a("university") == stem("university", "en")
    assert chain_a("университетов") == chain_a("университет") == stem("университеты", "ru")
    assert chain_a("1995") == "1995"
    assert chain_a("h2o") == "h2o"
    assert chain_a("日本") == "日本"


def test_kyrgyz_forms_share_a_key() -> None:
    assert {chain_c(word) for word in ("мектеп", "мектептерде", "мектебибизде")} == {"мекте"}
    assert chain_c("көл") == "көл"
    assert chain_c("school") == chain_c("1995") == ""


def test_a_text_as_an_index_takes_it() -> None:
    made = analyse("The universities жана COVID-19")
    assert made.surface == "the universities жана covid 19 covid-19"
    assert made.a == f"{chain_a('universities')} covid 19 covid-19"
    assert made.c == ""
    assert analyse("Окуу китептери").c == "оку китеп"
    assert analyse("Көлдүн мектеби").f == chain_f("көлдүн") == folded_key("кол") == "кол"
    assert analyse(" … ") == analyse("")


def test_stop_words_are_as_words_come_out_of_a_text() -> None:
    for word in QUERY_STOP_WORDS:
        assert [token.text for token in tokens(word)] == [word]
    assert len(STOP_WORDS) < len(QUERY_STOP_WORDS)


@given(st.text())
def test_the_fast_way_gives_what_the_slow_one_does(text: str) -> None:
    """`analyse` remembers runs and takes short cuts; `tokens` and the chains do not."""
    found = tokens(text)
    words = [part.text for token in found for part in token.parts or (token,)]
    compounds = [token.text for token in found if token.parts]
    kept = [word for word in words if word not in STOP_WORDS]
    made = analyse(text)
    assert made.surface == " ".join(words + compounds)
    assert made.a == " ".join([*map(chain_a, kept), *compounds])
    assert made.c == " ".join(filter(None, map(chain_c, kept)))
    assert made.f == " ".join(filter(None, map(chain_f, kept)))


def test_what_one_run_adds() -> None:
    assert RUN.findall("Мектептер, COVID-19") == ["Мектептер", "COVID-19"]
    assert entry("Мектептер") == ("мектептер", chain_a("мектептер"), "мекте", "", "")
    assert entry("Өлкөлөр").f == chain_f("өлкө") == folded_key("олколор")
    assert entry("COVID-19").compound == "covid-19"
    assert [token.text for token in pieces("COVID-19")] == ["covid-19"]


def test_a_memory_is_bounded_and_keeps_what_is_used() -> None:
    made: list[str] = []

    def make(key: str) -> str:
        made.append(key)
        return key.upper()

    memory = Memory(make, 10)
    for number in range(100):
        assert memory[f"k{number}"] == f"K{number}"
        assert memory["often"] == "OFTEN"
        assert len(memory) <= 10
    assert made.count("often") == 1
    assert memory["x" * 100] == "X" * 100
    assert "x" * 100 not in memory
