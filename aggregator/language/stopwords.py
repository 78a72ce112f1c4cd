"""Words that carry no topic: a short list for documents, a longer one for queries. Data only.

The short list holds the 33 English words that Lucene leaves out and the function words of Russian
and Kyrgyz; these are in no stemmed field. The longer list adds words that people type around what
they look for ("how many", "какие бывают"); it has no word that may be a topic or an acronym.
All words are as `aggregator.language.tokens` gives them: lower case, е for ё.
"""

_ENGLISH = """
a an and are as at be but by for if in into is it no not of on or such that the their then there
these they this to was will with
"""

_RUSSIAN = """
а без бы в во для до же за и из или им их к как ко которая которого которое которой котором
которую которые который которых ли между на над не ни но о об обо он она они оно от по под при про
с со так также то той тот того том тому у что чтобы эта эти этих это этого этой этом этот я мы вы
"""

_KYRGYZ = """
жана менен да де дагы бирок же анткени ошондуктан себеби эгер эгерде үчүн боюнча жөнүндө тууралуу
чейин аркылуу сыяктуу карата карай сайын гана эле эмес экен бул ал ошол ушул тиги мына мен сен сиз
биз силер сиздер алар анын алардын менин сенин биздин сиздин мага сага ага бизге аларга муну аны
анда мында андан мындан деп деген болуп тарабынан катары
"""

_ENGLISH_ASKED = """
about all also am any been being between both can could did do does each from had has have he her
his how i its may me might more most my our over she should so some than them through under very
we were what when where which while whom whose why would you your
"""

_RUSSIAN_ASKED = """
был была были было быть вам вас ведь весь все всего всей всем всех вот где да даже его ее ей ему
если есть еще здесь какая какие каким каких какого какой каком когда которым которыми кто куда
лишь мне много можно мой наш нас нам него нее ней нет них нужно однако очень перед почему после
потому свой себя сколько тем тех тоже только через чем чего эту являются является
"""

_KYRGYZ_ASKED = """
кийин мурун соң бери улам ким эмне кайсы кандай качан кайда канча эмнеге эч бир ар баары бардык кээ
мындай андай ошондой ушундай башка эми анан абдан эң өтө бар жок керек мүмкүн болгон болот болсо өз
өзү
"""

STOP_WORDS = frozenset((_ENGLISH + _RUSSIAN + _KYRGYZ).split())
"""Left out of the stemmed fields of every document."""

QUERY_STOP_WORDS = STOP_WORDS | frozenset((_ENGLISH_ASKED + _RUSSIAN_ASKED + _KYRGYZ_ASKED).split())
"""Left out of queries, unless a query has no other word."""
