"""Kyrgyz words to measure a stemmer with: figures on the treebanks' words that ILIM_SHARED holds,
and paradigms made by the rules of the grammar, in code of its own."""

import importlib.util
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations
from types import ModuleType
from typing import Any
from zlib import crc32

from aggregator.language import kyrgyz_suffixes as lists
from aggregator.language.kyrgyz import stemmers
from tests.shared import shared

Stem = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares. ``nominal`` and ``verb``: pairs of forms of one lemma that agree, mean over lemmas.
    ``hard3``: pairs of forms of two lemmas, alike in three letters, that agree; ``unrelated``:
    those of them that no known derivation explains."""

    nominal: float
    verb: float
    hard3: float
    unrelated: float


def treebank() -> tuple[ModuleType, list[tuple[str, str, str]]]:
    """The evaluation's own module, and its form, lemma and part of speech."""
    spec = importlib.util.spec_from_file_location("kyrgyz_eval", shared("kyrgyz", "eval.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    lines = shared("kyrgyz", "dev_ud.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return module, [(form, lemma, part) for form, lemma, part, _ in map(_cells, lines)]


def _cells(line: str) -> list[str]:
    return line.split("\t")


Known = Callable[[str], bool]
"""Whether a lemma is meant."""


def figures(stem: Stem, fold: bool = False, among: Known = bool) -> Figures:
    """As eval.py counts, without its second of timing; ``among``: lemmas that are scored."""
    module, rows = treebank()
    rows = [row for row in rows if among(row[1])]
    if fold:
        rows = [(form.translate(module.FOLD), lemma, part) for form, lemma, part in rows]
    forms: dict[str, set[str]] = defaultdict(set)
    parts: dict[str, Counter[str]] = defaultdict(Counter)
    for form, lemma, part in rows:
        forms[lemma].add(form)
        parts[lemma][part] += 1
    stems = {form: stem(form) for found in forms.values() for form in found}
    verbs = {lemma for lemma in forms if parts[lemma].most_common(1)[0][0] in ("VERB", "AUX")}
    hard, unrelated = _merged(forms, stems, module)
    return Figures(
        _recall([forms[lemma] for lemma in forms if lemma not in verbs], stems),
        _recall([forms[lemma] for lemma in verbs], stems),
        hard,
        unrelated,
    )


def unlisted(without: Known = bool) -> tuple[Stem, Stem]:
    """Both stemmers as they are without those lemmas of the treebanks in the closed lists: what
    they make of words that nobody listed."""
    taken = {lemma for _, lemma, _ in treebank()[1] if without(lemma)}
    return stemmers(lists.STEMS - taken, lists.VERBS - taken)


def held_out() -> tuple[Figures, Figures]:
    """On the treebanks without any of their lemmas in the lists: as written, folded."""
    stem, stem_folded = unlisted()
    return figures(stem), figures(stem_folded, fold=True)


def halves() -> Iterator[tuple[Figures, Figures]]:
    """The same for each half of the lemmas, with the other half's left in the lists."""
    for half in (0, 1):

        def among(lemma: str, half: int = half) -> bool:
            return crc32(lemma.encode()) % 2 == half

        stem, stem_folded = unlisted(among)
        yield figures(stem, among=among), figures(stem_folded, True, among)


def _pairs(count: int) -> int:
    return count * (count - 1) // 2


def _recall(groups: list[set[str]], stems: dict[str, str]) -> float:
    shares = [
        sum(map(_pairs, Counter(stems[form] for form in group).values())) / _pairs(len(group))
        for group in groups
        if len(group) > 1
    ]
    return sum(shares) / len(shares)


def _merged(forms: dict[str, set[str]], stems: dict[str, str], module: Any) -> tuple[float, float]:
    alike: dict[str, Counter[str]] = defaultdict(Counter)
    merged: dict[str, Counter[str]] = defaultdict(Counter)
    for lemma, found in forms.items():
        for form in found:
            alike[form[:3]][lemma] += 1
            merged[stems[form]][lemma] += 1
    hard = sum(_pairs(found.total()) - sum(map(_pairs, found.values())) for found in alike.values())
    total = unrelated = 0
    for agreeing in merged.values():
        for (one, times), (other, others) in combinations(agreeing.items(), 2):
            total += times * others
            unrelated += 0 if module.related(one, other) else times * others
    return total / hard, unrelated / hard


_VOWELS = "аыяуюоеиэөү"
_LOW = dict(zip(_VOWELS, "аааааоеееөө", strict=True))
_HIGH = dict(zip(_VOWELS, "ыыыуууиииүү", strict=True))
_VERBAL_NOUN = dict(zip("аоуыеөүи", ["оо", "оо", "уу", "уу", "өө", "өө", "үү", "үү"], strict=True))
_SORTS = ("рй", "лмнңзжгбдв", "пткчсшфхцщ")


def attach(word: str, suffix: str) -> str:
    """A suffix, in capitals where it follows the word, as the grammar joins it."""
    sort = next((n for n, letters in enumerate(_SORTS, 1) if word[-1] in letters), 0)
    if sort and suffix[0] in "IA":
        word = word[:-1] + {"к": "г", "п": "б"}.get(word[-1], word[-1])
    for place, sign in enumerate(suffix):
        if sign in "LNDGB":
            variants = {"L": "ллдт", "N": "нддт", "D": "дддт", "G": "гггк", "B": "бббп"}[sign]
            word += variants[2 if place else sort]
        elif sign in "AI":
            last = next(letter for letter in reversed(word) if letter in _VOWELS)
            word += (_LOW if sign == "A" else _HIGH)[last]
        else:
            word += sign
    return word


def noun_forms(noun: str) -> Iterator[str]:
    """Numbers by possessives by cases."""
    for number in (noun, attach(noun, "LAр")):
        ends_in_vowel = number[-1] in _VOWELS
        yield number
        for case in ("NIн", "NI", "GA", "DA", "DAн", "DAгI"):
            yield attach(number, case)
        third = attach(number, "сI" if ends_in_vowel else "I")
        yield third
        for case in ("нIн", "н", "нA", "ндA", "нAн", "ндAгI"):
            yield attach(third, case)
        for possessive in ("бIз", "ңIз"):
            ours = attach(number, possessive if ends_in_vowel else f"I{possessive}")
            yield ours
            for case in ("NIн", "NI", "GA", "DA", "DAн"):
                yield attach(ours, case)


def verb_forms(verb: str) -> Iterator[str]:
    """Tenses, participles with cases, negation, the verbal noun with cases, the passive."""
    for suffix in ("DI", "DIм", "GAн", "GAндAр", "GAндA", "GAнIн", "сA", "BAгAн", "BAйт", "BAй"):
        yield attach(verb, suffix)
    if verb[-1] in _VOWELS:
        yield from (f"{verb}йт", f"{verb}п")
        noun = verb[:-1] + _VERBAL_NOUN[verb[-1]]
        passive = f"{verb}л"
    else:
        yield from (attach(verb, "Aт"), attach(verb, "Iп"))
        noun = attach(verb, "I")
        noun = noun[:-1] + ("үү" if noun[-1] in "иү" else "уу")
        passive = attach(verb, "Iл")
    yield noun
    for suffix in ("нI", "нIн", "GA", "DA", "сI", "сIнA", "LAр"):
        yield attach(noun, suffix)
    for suffix in ("DI", "GAн", "Aт"):
        yield attach(passive, suffix)


def agreement(words: list[str], forms: Callable[[str], Iterator[str]], stem: Stem) -> float:
    """Share of the forms whose stem most forms of the same word have, mean over words."""
    shares = []
    for word in words:
        found = Counter(map(stem, forms(word)))
        shares.append(found.most_common(1)[0][1] / found.total())
    return sum(shares) / len(shares)


def _words(text: str) -> list[str]:
    return text.split()


NOUNS = _words("""
окумуштуу китепкана академия факультет лаборатория тажрыйба ыкма журнал архив музей тарыхчы
адабият грамматика жазуучу философия психология экономика өнөржай көпүрө дарыя жаныбар карышкыр
температура экология шамал мамлекет конституция эркиндик демократия облус республика дарыгер
вакцина мээ сөөк математика астрономия теорема бөлчөк тегерек салмак молекула электрон изотоп
кислота металл программа тармак телефон театр күү имарат завод банк пайыз бюджет мекеме комиссия
долбоор өлчөм касиет белги таасир мүмкүнчүлүк коопсуздук булут асман жылдыз кыргыз автобус бизнес
чарба үлгү бөтөлкө өсүмдүк
""")
"""Of learned texts and news; chosen by the grammar's classes."""

VERBS = _words("""
окут үйрөт түшүндүр көрсөт жогот кел кет бар тур кой чыгар өндүр пайдалан салыштыр аныкта далилде
уюштур башкар өнүктүр кеңейт кайна тазала төлө изде
""")

MORE_NOUNS = _words("""
абройсуздук агартуу аймактык акимчилик алкоголизм алмурут аммиак антрополог аракет ардагер
аристократ арифметика асфальт аттракцион аудитория аффикс ашкана ашпоз аялдама аялзат багбан
балалык басмакана батирек бедел белгилөө беттеш биржа бирикме боёк бодур бойтумар бузулуу бузуку
буюм бөбөк бөгөт бөтөлкө варианттар велосипед вертолет винегрет вокзал газет галерея географ
гипертония глюкоза гранит гуманизм дармек деңиз дефиниция диафрагма диалектика динозавр диплом
дискуссия дифирамб дорбо дүрбү дүйшөмбү дөңгөлөк желке жемпир жетим жетишүү жигердүү жоболо жогору
жуманак журт журтчулук жыгылуу жылаан жыландар жылдыруу жээк жээрде зымыран зээн идеология изотоп
иммиграция инновация институция иньекция ирригация ишенич кабак кабырга кагылышуу казанак казык
калыбы кампа канцлер капитализм катмар катыныш кездик кеңсе керебет кинотеатр кирпик кисте
китепкана клавиатура климатология кожо койнок колдонмо комета комитет компот конверт конус консул
көгүчкөн көзөнөк көйнөк көлмө көмүш көнөк көчөт кошумча кризис куйрук кулпунай кумдук куңгур куюн
күбө күбөлүк күдүк күлкү күмбөз күнөстүү күрөк кызгылт кызыкчылык кыйратуу кылыч кыйшык лаборант
ландшафт лауреат лимон локомотив магнитофон мамы манжа марафон маргарин марксизм маска матрос
маяна медресе метафора метеорит метрополитен миномет молдо молекулалык монархия мотоцикл муздаткыч
музейчи мусулманчылык мылтык мыш мээнет навигатор намаз натюрморт нефрит нооча нөөмөт обочо
одеколон океанолог ооматтуу опурталап орнотуу отургуч өзөк өкүлчүлүк өлчөгүч өпкө өрнөк өрүк
өсүмдүк палеонтолог паллиатив парашют парламентарий пахтачы пенициллин перспектива пирамида
планетарий подъезд полис помидор почтачы правительство преамбула протеин психика пьеса радиатор
раковина растение рашпил резюме республика ресторан рефлексия рифма рутина саадак сабиз садака
сайкал сакал салмак самоор санитария саңырау сарымсак секиртме селдир сенек сервер серум симметрия
синагога сиптир скелет скрипка соко солдат спирт стратосфера суверен супара сууктук сүзгүч сүңгүү
сыйкыр сынап тагдыр тайпа такта талкан тапшырык тарелка тарбия театрчы тегерек тектир телескоп
темирканат тентек терезе термометр терек теше тизмек токсин токой томпок тоскоол тотем трагедия
трамвай треугольник туулган түндөлүк түркүн тыйын тырмак тээк углерод узанчык улак ультразвук
унаалар ураан уругу устат учкун үзүндү үлгү үстөл үчбурчтук ферментация физика фонтан форум фосфор
халва хан химик хлорофилл хрестоматия цемент церемония чабан чарба чекит чечен чогулуш чокмор
чолпон чырпык чыпалак чөлкөм шакек шаан шалбаа шекер шоола шыпаа ыраазычылык ырас ышкыбоз эгин
экватор эксперимент элек элесттик эмен эмгек эпикалык эрежелер эскертме эстелик этап ээрчитүү
юморист яблок
""")
MORE_VERBS = _words("""
агыз аксат албырт арбы арт ас ат атта ашыр бас бат башкар бекемде белгиле бериш бир бирик бургула
бүрк бөлүш далда дайында дегди жазда жайна жакта жалда жандыр жарат жашыр жетиш жой жорт жүгүр
жүктө жыл жылма жый изде ийле иликте ишендир кайрыл кайт калтыр кап кара катта кезик кеми керил
кийгиз кирдет кой корк коркут күл күт күчөт кый кыйна маалымда мүдүр оодар орнот өкүн өксүт өңдө
сана сез сезин сиңир суна сыйла сында сүйүн табышта такта тала тапта тарт тегизде төлө тут тыңша
урда үйлө чайка чап чеч чогул чык чыда чырма шайла шаш эргит эрите эсте ээрчи
""")
"""Not from the treebanks. Seen while some choices were made, so no proof for words unseen."""
