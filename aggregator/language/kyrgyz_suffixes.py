"""What the Kyrgyz stemmer knows: suffixes and closed lists. Data only, for a linguist to correct.

How to read and change it: `docs/kyrgyz.md`. Sources: the usual school grammar of Kyrgyz, and
measuring on the Universal Dependencies treebanks which rows and minimum lengths pay. The words are
those that learned texts and news are full of.

Templates: Latin capitals stand for letters that follow the stem, Cyrillic ones are as they are.

====  =======================================================================================
A     а, о, е, ө by vowel harmony
E     the same, with э for е
I     ы, у, и, ү by vowel harmony
U     у, ү by vowel harmony
O     о, ө by vowel harmony (the long vowel that a verb in а or е makes with -уу)
L     л after a vowel, р, й; д after other voiced consonants; т after voiceless ones
N     н after a vowel; д after voiced consonants; т after voiceless ones
D     д after a vowel or a voiced consonant; т after voiceless ones
G     г after a vowel or a voiced consonant; к after voiceless ones
B     б after a vowel or a voiced consonant; п after voiceless ones
====  =======================================================================================
"""

from typing import Literal, NamedTuple

Kind = Literal["noun", "derived", "either", "finite", "verb", "root", "voice"]
"""What a suffix makes, and so what may stand before it:

noun: anything. derived: anything; a new word made of a noun. either: a case or a tense, so anything
but a finite form. finite, verb (participle, converb, verbal noun): a root with its voice. root:
negation or voice of a verb or an either. voice: voice of a verb, never before an either.
"""

After = Literal[
    "any", "consonant", "vowel", "vowel but о", "low vowel", "high vowel", "о", "з", "р", "л"
]
"""What stands before the suffix. High vowels are ы, и, у, ү, as of a third person's possessive."""

KNOWN = 64
"""Letters that no stem has: the row is for stems of the closed lists only."""


class Suffix(NamedTuple):
    """One row. ``left``: letters that must be left, unless the stem is a short one (if three are
    asked for) or of STEMS (before an inflection); ``back``: template of what is put in the suffix's
    place; ``example``: a word with the suffix and its stem."""

    template: str
    after: After
    left: int
    kind: Kind
    example: str
    back: str = ""


SUFFIXES: tuple[Suffix, ...] = (
    # Question and person: -бы, -мын, -сың …
    Suffix("BI", "consonant", 3, "noun", "керекпи керек"),
    Suffix("сIң", "any", 3, "noun", "врачсың врач"),
    Suffix("сIз", "any", 3, "noun", "таасирсиз таасир"),
    Suffix("сIңAр", "any", 3, "noun", "врачсыңар врач"),
    Suffix("сIздAр", "any", 3, "noun", "врачсыздар врач"),
    # Case
    Suffix("DIн", "consonant", 3, "noun", "өзөндүн өзөн"),
    Suffix("нIн", "vowel but о", 4, "noun", "теориянын теория"),
    Suffix("нI", "vowel but о", 4, "noun", "теорияны теория"),
    Suffix("нIн", "о", 4, "noun", "радионун радио"),
    Suffix("нI", "о", 4, "noun", "радиону радио"),
    Suffix("OOнIн", "consonant", 3, "noun", "коргоонун корго", "OO"),
    Suffix("OOнI", "consonant", 3, "noun", "коргоону корго", "OO"),
    Suffix("DI", "consonant", 3, "either", "өзөндү өзөн"),
    Suffix("GA", "any", 3, "noun", "кыштакка кыштак"),
    Suffix("DA", "any", 3, "noun", "кыштакта кыштак"),
    Suffix("DAн", "any", 3, "noun", "кыштактан кыштак"),
    Suffix("DAгI", "any", 3, "noun", "кыштактагы кыштак"),
    Suffix("NIкI", "any", 3, "noun", "өзөндүкү өзөн"),
    Suffix("DAй", "any", 3, "noun", "булуттай булут"),
    # Case after a possessive of the third person
    Suffix("нA", "high vowel", 3, "noun", "өзөнүнө өзөн"),
    Suffix("нAн", "high vowel", 3, "noun", "өзөнүнөн өзөн"),
    Suffix("ндA", "high vowel", 3, "noun", "өзөнүндө өзөн"),
    Suffix("ндAгI", "high vowel", 3, "noun", "өзөнүндөгү өзөн"),
    Suffix("ндAй", "high vowel", 3, "noun", "өзөнүндөй өзөн"),
    Suffix("н", "high vowel", 3, "noun", "өзөнүн өзөн"),
    # Possessive
    Suffix("сI", "vowel", 3, "noun", "теориясы теория"),
    Suffix("I", "consonant", 3, "noun", "арыгы арык"),
    Suffix("IбIз", "consonant", 3, "noun", "өзөнүбүз өзөн"),
    Suffix("бIз", "vowel", 3, "noun", "теориябыз теория"),
    Suffix("IңIз", "consonant", 3, "noun", "өзөнүңүз өзөн"),
    Suffix("ңIз", "vowel", 3, "noun", "теорияңыз теория"),
    Suffix("IңAр", "consonant", 4, "noun", "кыштагыңар кыштак"),
    Suffix("ңAр", "vowel", 4, "noun", "теорияңар теория"),
    Suffix("Iм", "consonant", 4, "noun", "кыштагым кыштак"),
    Suffix("м", "low vowel", 3, "noun", "теориям теория"),
    Suffix("м", "high vowel", 5, "noun", "жумушчум жумушч"),
    Suffix("Iң", "consonant", 3, "noun", "кыштагың кыштак"),
    Suffix("ң", "low vowel", 3, "noun", "теорияң теория"),
    Suffix("ң", "high vowel", 4, "noun", "жумушчуң жумушч"),
    Suffix("IмA", "consonant", 4, "noun", "кыштагыма кыштак"),
    Suffix("мA", "vowel", KNOWN, "noun", "балама бала"),
    Suffix("IңA", "consonant", 4, "noun", "кыштагыңа кыштак"),
    Suffix("ңA", "vowel", 4, "noun", "теорияңа теория"),
    # Plural
    Suffix("LAр", "any", 3, "noun", "кыштактар кыштак"),
    # Derivation that a reader does not tell from the word itself
    Suffix("LIк", "any", 5, "derived", "теориялык теория"),
    Suffix("DIк", "consonant", 4, "derived", "өсүмдүк өсүм"),  # билдирдик as well
    Suffix("дIк", "р", 4, "derived", "аскердик аскер"),
    Suffix("LUU", "any", 4, "derived", "сабырлуу сабыр"),
    Suffix("дUU", "р", 4, "derived", "таасирдүү таасир"),
    Suffix("лUU", "any", 3, "derived", "баалуу баа"),
    Suffix("гI", "з", 4, "derived", "негизги негиз"),
    Suffix("кI", "consonant", 4, "derived", "азыркы азыр"),
    Suffix("Iй", "consonant", 3, "derived", "тарыхый тарых"),
    Suffix("IрEEк", "consonant", 3, "derived", "чоңураак чоң"),
    Suffix("рEEк", "vowel", 4, "derived", "караңгыраак караңк"),
    # Finite verb
    Suffix("DI", "vowel", 3, "finite", "сүйлөдү сүйлө"),
    Suffix("LAлDI", "any", 3, "finite", "каржылалды каржыла", "LA"),
    Suffix("LAндI", "any", 3, "finite", "каржыланды каржыла", "LA"),
    Suffix("IлUU", "consonant", 3, "finite", "аткарылуу аткар"),
    Suffix("LAлUU", "any", 3, "finite", "каржылалуу каржыла", "LA"),
    Suffix("DIм", "any", 3, "finite", "келдим кел"),
    Suffix("DIң", "any", 3, "finite", "келдиң кел"),
    Suffix("DIк", "vowel", 3, "finite", "сүйлөдүк сүйлө"),
    Suffix("DIңIз", "any", 3, "finite", "келдиңиз кел"),
    Suffix("DIңAр", "any", 3, "finite", "келдиңер кел"),
    Suffix("IштI", "consonant", 4, "finite", "текшеришти текшер"),
    Suffix("сA", "any", 3, "finite", "келсе кел"),
    Suffix("сAм", "any", 3, "finite", "келсем кел"),
    Suffix("сAң", "any", 3, "finite", "келсең кел"),
    Suffix("сAк", "any", 3, "finite", "келсек кел"),
    Suffix("сAңIз", "any", 3, "finite", "келсеңиз кел"),
    Suffix("сIн", "consonant", 3, "finite", "келсин кел"),
    Suffix("Aт", "consonant", 3, "finite", "келет кел"),
    Suffix("йт", "vowel", 3, "finite", "сүйлөйт сүйлө"),
    Suffix("Iшат", "consonant", 3, "finite", "барышат бар"),
    Suffix("йм", "vowel", 3, "finite", "сүйлөйм сүйлө"),
    Suffix("ймIн", "vowel", 3, "finite", "сүйлөймүн сүйлө"),
    Suffix("йсIң", "vowel", 3, "finite", "сүйлөйсүң сүйлө"),
    Suffix("AсIз", "consonant", 3, "finite", "келесиз кел"),
    Suffix("йсIз", "vowel", 3, "finite", "сүйлөйсүз сүйлө"),
    Suffix("йбIз", "vowel", 3, "finite", "сүйлөйбүз сүйлө"),
    Suffix("AйIн", "consonant", 3, "finite", "келейин кел"),
    Suffix("GIлA", "any", 3, "finite", "келгиле кел"),
    # Participles, converbs, verbal noun
    Suffix("GAн", "any", 3, "verb", "келген кел"),
    Suffix("GAнI", "any", 3, "verb", "келгени кел"),
    Suffix("IшкAн", "consonant", 3, "verb", "келишкен кел"),
    Suffix("BAс", "any", 3, "verb", "келбес кел"),
    Suffix("BAй", "any", 3, "verb", "келбей кел"),
    Suffix("Iп", "consonant", 3, "verb", "келип кел"),
    Suffix("п", "vowel", 3, "verb", "сүйлөп сүйлө"),
    Suffix("IптIр", "consonant", 3, "verb", "келиптир кел"),
    Suffix("птIр", "vowel", 3, "verb", "сүйлөптүр сүйлө"),
    Suffix("лAй", "any", 3, "verb", "белгилей белгиле", "лA"),
    Suffix("GAнмIн", "any", 3, "verb", "келгенмин кел"),
    Suffix("чU", "consonant", 3, "verb", "келчү кел"),
    Suffix("GAнчA", "any", 3, "verb", "келгенче кел"),
    Suffix("IлA", "consonant", 3, "verb", "курула кур"),
    Suffix("GIчA", "any", 3, "verb", "келгиче кел"),
    Suffix("мAк", "any", 4, "verb", "текшермек текшер"),
    Suffix("UU", "consonant", 3, "verb", "келүү кел"),
    Suffix("OO", "consonant", 3, "verb", "сүйлөө сүйлө", "A"),
    Suffix("юу", "any", 3, "verb", "азаюу азай", "й"),
    Suffix("юп", "any", 3, "verb", "коюп кой", "й"),
    Suffix("ят", "any", 4, "verb", "азаят азай", "й"),
    # Negation and voice, next to the verb's root
    Suffix("BA", "any", 3, "root", "келбеген кел"),
    Suffix("Iл", "consonant", 3, "root", "курулган кур"),
    Suffix("л", "low vowel", 4, "root", "изилделген изилде"),
    Suffix("Iн", "л", 3, "voice", "бөлүнгөн бөл"),
    Suffix("н", "low vowel", 4, "voice", "каржыланган каржыла"),
    Suffix("юл", "any", 3, "root", "коюлган кой", "й"),
    Suffix("Iш", "consonant", 3, "voice", "көрүшкөн көр"),
    Suffix("ш", "vowel", 4, "voice", "сүйлөшкөн сүйлө"),
)  # fmt: skip


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SHORT_NOUNS = _words("""
аз ай ак ан аң ар ат ач аш ая бу ит ич иш ой ок он оң от ош оо өз өң уй ук ун ур уч уя үй үн үч ык
ыр эл эм эң эр эс эт
""")
SHORT_VERBS = _words("""
ак ал ар ас ат ач аш де же жу ий ил ич оң ой өл өп өс өт өч ук ур ут уч эк эл эм эр эт
""")
"""Stems that an ending of the kind may leave though they are shorter than its row says."""

IRREGULAR = {
    # A plural of its own
    "балдар": "бала",
    # A vowel that is dropped before an ending that begins with one
    "орд": "орун", "мурд": "мурун", "мойн": "моюн", "койн": "коюн", "көңл": "көңүл", "ойн": "оюн",
    "убакт": "убакыт",
    # Of a time or a place, too brief for the row -гы
    "ички": "ич", "тышкы": "тыш", "кышкы": "кыш", "жайкы": "жай", "күзгү": "күз", "жазгы": "жаз",
    "кечки": "кеч", "түнкү": "түн", "түпкү": "түп", "башкы": "башкы", "эски": "эски",
    # Ordinals: the row would take -нчы off мергенчи and кыйынчылык
    "биринчи": "бир", "экинчи": "эки", "үчүнчү": "үч", "төртүнчү": "төрт", "бешинчи": "беш",
    "алтынчы": "алты", "жетинчи": "жети", "сегизинчи": "сегиз", "тогузунчу": "тогуз",
    "онунчу": "он", "жыйырманчы": "жыйырма", "отузунчу": "отуз", "кыркынчы": "кырк",
    "элүүнчү": "элүү", "жүзүнчү": "жүз", "миңинчи": "миң", "акыркы": "акыр",
    # A noun (front; back) that looks like a verb (took) in some of its forms
    "алд": "алды", "алды": "алды", "арт": "арт", "түб": "түп",
    # One letter shorter as a noun than the rows say
    "окуу": "оку",
    # Loans
    "рыног": "рынок",
}  # fmt: skip
"""A word, or what an ending leaves of it -> its stem."""

_ENDING_IN_S = """
анонс белорус раис автобус троллейбус глобус корпус курс вирус статус парус минус плюс фокус бонус
консенсус казус тонус радиус нотариус бизнес процесс прогресс конгресс экспресс стресс интерес
адрес кодекс индекс комплекс рефлекс синтаксис теннис базис тезис кризис оазис сервис офис
синопсис спрос вопрос космос хаос эпос этнос логос пафос термос финанс баланс шанс аванс альянс
сеанс нюанс ресурс конкурс рейс класс компас атлас запас каркас климакс индус орус облус талас
манас намыс арыс мурас элес адис перс терс генезис папирус ребус синус косинус кипарис рис ирис
лотос ананас
"""
"""с is theirs, not the possessive's (автобус-у, not автобу-су)."""

_ENDING_IN_T = """
миллиард рейд лифт водопровод газопровод пикет мөөнөт күзөт президент студент документ парламент
патент процент момент элемент аргумент фрагмент эксперимент инструмент континент компонент агент
клиент пациент доцент ассистент контент респондент абонент корреспондент дивиденд стенд бренд
тренд фонд секунд рекорд слайд поезд доклад склад парад фасад снаряд отряд инвалид период эпизод
метод завод гид вид кабинет комитет факультет университет муниципалитет совет пакет бюджет предмет
интернет билет буклет макет сюжет банкет букет паритет приоритет авторитет иммунитет суверенитет
менталитет планшет дуэт балет жакет этикет скелет концерт эксперт депутат результат формат климат
аппарат аттестат мандат сертификат адвокат кандидат автомат лауреат салат плакат агрегат сенат
прокат препарат экспонат чемпионат пансионат комбинат интернат деканат ректорат магистрат эмират
халифат дипломат реферат дубликат постулат штат чат нитрат фосфат сульфат карбонат субстрат
трактат факт акт тракт контакт контракт проект объект субъект эффект дефект аспект проспект
конспект продукт пункт конфликт артефакт антракт инфаркт рецепт концепт тест текст контекст артист
турист юрист экономист программист журналист специалист лингвист публицист солист реалист хирург
педагог кызмат имарат канат санат манат кабат сапат адат саясат маданият адабият табият жамаат
мамлекет милдет сүрөт өкмөт шариат ибадат рахат кымбат зыйнат кесепет адилет дөөлөт аманат насаат
ниет убакыт саякат зыярат акыйкат кубат сыпат айбанат табигат бекет берекет кудурет кайрат керемет
салтанат карамат мурат урмат сымбат тилхат пурсат шарапат шербет өнөкөт осуят канаат кыямат азат
аят делегат гранат квадрат карат концентрат катет магнат пират солдат пистолет портрет секрет
силуэт трафарет паркет термостат банкомат нейтралитет лист пост тост интеллект комплект диалект
шоколад каскад лимонад народ пароход доход развод код заряд разряд взвод банкрот инстинкт
манускрипт
"""
"""-ат, -ет are theirs, not a tense's; -ты after them is a possessive's (текст-и, not текс-ти)."""

_ENDING_IN_L = """
картел көзөмөл жанжал чабал вокал канал журнал материал филиал потенциал капитал терминал персонал
квартал криминал минерал генерал адмирал оригинал сигнал финал идеал металл кристалл интеграл
мемориал сериал футбол волейбол протокол контроль алкоголь стол модуль фестиваль айыл акыл асыл
кызыл жашыл кабыл быйыл уюл кыймыл мезгил мисал көңүл сепил залал чынчыл шамал монгол каракол
деңгээл добул абал амал ажал арсенал карнавал интервал скандал маршал портал либерал модель панель
кабель мебель вексель дизель тоннель никель апрель медаль деталь госпиталь магистраль пароль
аксакал жамал
"""
"""-л is theirs, not a passive's."""

_ENDING_IN_N = """
мүмкүн көчмөн чакан туткун термин магазин бензин витамин инсулин роман орган океан экран кран уран
фонтан капитан ветеран тиран банан талисман вулкан балкан караван декан план регион район
бизнесмен спортсмен домен ген алтын отун бүгүн тыгын жыйын келин эгин кийин кыйын жакын карын
мурун орун оюн моюн эрин бүтүн түтүн күйүн жалын калкан жалган тууган майдан чордон арман курман
заман аман душман асман дүкөн дыйкан өзөн казан кербен чабан дарман иман инсан куран мейман туман
чапан шайтан капкан шайман сайман жаран тирмен тегирмен эгемен мекен төмөн баткен дастан бостан
армян баян өзгөн мусулман саман саратан кеден арзан анжыян бороон көрүстөн мерген каган акын узун
муун түйүн экин бийин наадан кыргын кыргызстан казакстан казахстан өзбекстан тажикстан түркмөнстан
пакистан афганистан татарстан башкырстан индостан моңголстан иран судан тайван айран жайран жаян
зыян ийман калайман курган кыран кырман кыян табан тайган таман тогон түмөн улан жылан чаян кулан
барабан диван кабан клан шаман титан ураган хулиган фазан чемодан рекордсмен конгрессмен шоумен
салкын толкун куюн учкун
"""
"""-н, -дан, -стан, -ган are theirs."""

_ENDING_IN_M = """
меморандум референдум режим максимум минимум пленум форум симпозиум консилиум аквариум вакуум
техникум альбом симптом диплом килограмм грамм ислам тандем топоним синоним антоним омоним
псевдоним организм алгоритм механизм агроном астроном эконом автоном билим илим бөлүм өлүм көлөм
төлөм ишеним айым адам кадам макам байрам майрам жардам ченем керем салам каттам мугалим аким
жарым айрым калем килем мыйзам келишим кечирим өндүрүм өспүрүм телеграм атом аалам геном синдром
аэродром ипподром бром хром крем шлем фантом
"""
"""-м, -ым are theirs, not a first person's."""

_ENDING_IN_P = """
исрап саресеп принцип тип этап микроскоп телескоп штаб клуб масштаб микроб араб герб китеп мектеп
себеп талап тарап эсеп сабап азап жооп тартип кесип майып айып адеп шарап ылакап сироп прототип
стереотип
"""
"""-п is theirs, not a converb's."""

_ENDING_IN_A_SUFFIX = """
паркинг лизинг премьера пытка отставка тутка катыш алты жети команда бригада олимпиада спартакиада
баллада декада блокада эстакада триада монада веранда парда пропаганда аренда шахта вахта почта
мачта кофта тайга папка справка выставка шапка поставка ставка доставка установка подготовка масса
касса трасса формула молекула капсула коммуна трибуна фауна вакцина машина медицина дисциплина
программа реклама система проблема схема тема панорама диаграмма телеграмма доктор вектор сектор
ректор лектор директор инспектор коллектор проектор тендер гендер фольклор митинг рейтинг тренинг
маркетинг мониторинг брифинг холдинг цех пайда убада төрага башка кыска пахта карга бирге калың
байге жарнама наристе пенде тилке кездеме тамак бармак каймак чакмак токмок оймок кеңсе нуска
кептер мазар дүрбөлөң деңиз негиз жылдыз кундуз кыргыз жалгыз семиз теңиз мүнөз мүлк мыкты кытай
сарай токой маңдай таңдай кандай мындай талай апай мунай көйгөй карагай капчыгай батыш чыгыш
кылмыш жарыш утуш кеңеш күрөш үлүш укмуш көрүнүш түзүлүш өзгөрүш кесилиш турмуш жумуш согуш уруш
жеңиш курулуш добуш күмүш жемиш табыш байланыш сунуш кириш өндүрүш кыртыш тынчтык түштүк түндүк
сөздүк түшүнүк калдык бардык биримдик даярдык суусундук бери түшүн үйрөн колдон айлан вышка пушка
чашка куртка рубашка каска краска закуска трубка юбка маршрутка колбаса
"""
"""Words whose end reads like one of several endings."""

_ENDING_IN_A_VOWEL = """
казино кино радио видео евро метро бюро ядро авто депо пальто фото досье танго ордо котормо
искусство бала аба ава ана апа ара ата эне эже баа суу тоо буу бээ төө зоо жоо доо алма үлгү белги
кошуна өлкө казына кою аюу күү мээ сыя карыя табло соло портфолио кимоно какао самбо трио
"""
"""Words that lose no vowel, and loans in -о."""

_BRIEF = """
ат аш аюу бак баш бет бут газ дин дос жаз жаш жез жер жол жыл иш ит кан кой көз көл кол күз күн
күү күч куш кыз кыш мал мээ муз нан ооз от ош өрт сан сел сот сөз суу таш тең тил тиш тоо туз түн
түр уй уул үй цех чач чүй эл аял
"""
"""Brief nouns, before endings that leave no word as short unless it is known (баш-ым)."""

STEMS = _words(
    _ENDING_IN_S + _ENDING_IN_T + _ENDING_IN_L + _ENDING_IN_N + _ENDING_IN_M + _ENDING_IN_P
    + _ENDING_IN_A_SUFFIX + _ENDING_IN_A_VOWEL + _BRIEF
)  # fmt: skip
"""Words that end as if they had an ending: nothing is taken off them, and endings that leave one of
them go before longer ones."""

VERBS = _words("""
бар бол бил кел кет көр жүр жат тур чык түш айт ук ич күт
башта иште сакта токто изилде жакта катта багытта аныкта тастыкта чекте эсепте жүктө колдо көздө
корго козго оңдо жөндө бекемде камсызда жаса кара жаша баала байла ойно ойло сүйлө сура тара
чечмеле талда даярда төлө изде сана жана кыйна жыйна
""")
"""Verbs whose forms in -а (келе), -й (иштей), -л (жасал), -оо (сүйлөө) are known by heart: for
other verbs such an end is too often a part of a noun."""

ACRONYMS = _words("акш укмк өкм ошкк аөа")
"""Acronyms with a vowel whose endings follow the letters' names, not the letters (АКШга). Those
without a vowel (КМШ, РФ) need no list."""

ACRONYM_ENDINGS = (
    "нIн", "DIн", "нI", "DI", "GA", "DA", "DAн", "DAгI", "LAр", "LIк", "I", "Iн", "IнA", "IнIн",
    "IндA", "сI", "сIн", "сIнA", "сIнIн", "сIндA",
)  # fmt: skip
"""What an acronym takes, in any of its spellings."""

CLUSTERS = _words("рт лт нт йт ст рк лк йк нк рч нч лч йч рс")
"""Pairs of consonants in which a verb's root may end."""

NO_ROOT_ENDS_IN = "вджфхцщ"
"""Consonants in which no verb's root ends (no кандид-, which кандид|ат would leave)."""
