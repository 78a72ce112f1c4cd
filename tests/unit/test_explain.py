"""Why a work is where it is."""

from aggregator.explain import Explainer
from aggregator.index.plan import plan
from aggregator.query import All, Concept, Names, Query, Word, parse
from aggregator.record import Identifier
from aggregator.works import Work
from tests.contracts.engines import TABLE
from tests.contracts.model import make_work

LAKE = make_work(
    "lake",
    "Көлдүн тарыхы",
    text="Тарых жөнүндө. Salt lake water of the lakes.",
    creator="Көлбаев, А.",
    languages=("ky",),
    access="open",
    identifiers=(Identifier("doi", "10.1000/182"),),
)


def why(query: Query | str, work: Work = LAKE, language: str = "") -> tuple[str, ...]:
    made = plan(parse(query) if isinstance(query, str) else query)
    return Explainer(made, TABLE, {"тарых": 12}, language).why(work)


def test_where_a_words_forms_stand() -> None:
    [first, *_] = why("тарых суу")
    assert first == (
        "“тарых” (in 12 works): title (тарыхы), abstract (Тарых); "
        "in the title it counts × 0.25 more."
    )
    assert "“суу”: not in it." in why("тарых суу")
    assert "“lake”, typed 2 times: abstract (lake, lakes)." in why("lake lake")


def test_words_typed_without_kyrgyz_letters() -> None:
    [first, *_] = why("колдор")
    assert first.startswith("“колдор”: title (Көлдүн, but for ң ө ү)")


def test_fields_and_phrases() -> None:
    made = plan(parse('author:(колбаев OR lake) "salt lake"', Names({"author": "creator"})))
    said = Explainer(made, TABLE, {}, "").why(LAKE)
    assert said[:3] == (
        "“колбаев”: authors (Көлбаев, but for ң ө ү).",
        "“lake”: not in it.",
        "Looked for side by side: salt lake (stems).",
    )


def test_what_adds_whatever_the_words() -> None:
    said = why("көлдүн тарыхы", language="ky")
    assert "What was typed is a whole title of it: + 10." in said
    assert "It is in the reader's language (ky): + 0.5." in said
    assert "Its full text is free: + 0.3." in said
    assert not any("language" in sentence for sentence in why("көл", language="ru"))
    widened = Explainer(plan(parse("көл кар")), TABLE, {}, "ky", widened=True).why(LAKE)
    assert not any("language" in said or "free" in said for said in widened)
    assert "Pairs of words side by side as typed: 1, each × 0.1." in why("salt lake")
    assert not any("Pairs" in sentence for sentence in why("lake salt"))


def test_a_concept_and_an_identifier() -> None:
    concept = Concept((Word("озеро"),), (("lake",), ("sea",)))
    assert why(Query("", All((concept,)), ()))[:2] == (
        "“озеро”: not in it.",
        "“lake” is another name of it, which counts × 0.3.",
    )
    assert why("10.1000/182 lake") == (
        "It has the identifier that was typed: nothing else had to be in it.",
    )
    assert "“lake”: abstract (lake, lakes)." in why("10.1000/999 lake")
