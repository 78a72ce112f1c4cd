"""Words that carry no topic: a short list for documents, a longer one for queries. Data only.

The short list holds the 33 English words that Lucene leaves out and the function words of Russian
and Kyrgyz; these are in no stemmed field. The longer list adds words that people type around what
they look for ("how many", "какие бывают"); it has no word that may be a topic. In capitals (WHO) it
is an acronym (`aggregator.query`).

A text may be in either language, so a word stays out that is a topic in the other one, or a name:
той (feast), так (throne; exact), куда (in-laws), мурун (nose), болот (steel; of swamps), соң (the
lake Соң-Көл), сага (saga), ким (the surname). Kept all the same, being too common: от (fire), без
(gland), из (trace), он (ten), том (volume), гана (Ghana).
All words are as `aggregator.language.tokens` gives them: lower case, е for ё.
"""

_ENGLISH = """
a an and are as at be but by for if in into is it no not of on or such that the their then there
these they this to was will with
"""

_RUSSIAN = """
а без бы в во для до же за и из или им их к как ко которая которого которое которой котором которую
которые который которых ли между на над не ни но о об обо он она они оно от по под при про с со
также то тот того том тому у что чтобы эта эти этих это этого этой этом этот я мы вы
"""

_KYRGYZ = """
жана менен да де дагы бирок же анткени ошондуктан себеби эгер эгерде үчүн боюнча жөнүндө тууралуу
чейин аркылуу сыяктуу карата карай сайын гана эле эмес экен бул ал ошол ушул тиги мына мен сен сиз
биз силер сиздер алар анын алардын менин сенин биздин сиздин мага ага бизге аларга муну аны анда
мында андан мындан деп деген болуп тарабынан катары
"""

_ENGLISH_ASKED = """
about above again all also am any because been being below between both can cannot concerning could
dealing did didnt do does doesnt doing dont each eg either else especially etc even ever every
find from further get got had has have he her here his how however i id ie im include includes
including instead interested involving isnt its just least let like looking many may me
might more most much must my neither nor off other others otherwise our out over particular
particularly per perhaps please quite rather regarding she should since so some still than them
through till together too toward towards under until up upon us very want we were what when where
whether which while who whom whose why would yet you your
"""

_RUSSIAN_ASKED = """
был была были было быть вам вас ведь весь включая вместо вот все всего всей всем всех где да даже
его ее ей ему если есть еще здесь ибо именно иначе интересует интересуют ищу какая какие каким каких
какого какой каком касающиеся касающихся когда которым которыми кроме кто либо лишь мне много можно
мой найти нам например нас наш него нее ней нет них нужно ныне однако около особенно очень перед
пожалуйста после потому почему ради свой себя сколько снова среди также тем тех тоже только уже хотя
чего чем через чтоб эту является являются будет будут вне зачем какова каково каковы какую может
могут насчет откуда посредством согласно такая такие таких такое такой чей чье чьи чья
"""

_KYRGYZ_ASKED = """
кийин бери улам эмне кайсы кандай качан кайда канча эмнеге эч бир ар баары бардык кээ мындай андай
ошондой ушундай башка эми анан абдан эң өтө бар жок керек мүмкүн болгон болсо өз өзү мисалы тиешелүү
байланыштуу ылайык карабастан себептүү жөнүндөгү ичинде арасында ортосунда айрым балким баштап
бойдон булар булардын демек жагынан жактан жараша кандайча кантип ошентип ошо ошолор ушу экендиги
экени экенин эмнеден
"""

STOP_WORDS = frozenset((_ENGLISH + _RUSSIAN + _KYRGYZ).split())
"""Left out of the stemmed fields of every document."""

QUERY_STOP_WORDS = STOP_WORDS | frozenset((_ENGLISH_ASKED + _RUSSIAN_ASKED + _KYRGYZ_ASKED).split())
"""Left out of queries, unless a query has no other word."""
