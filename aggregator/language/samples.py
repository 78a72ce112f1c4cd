"""Words by which languages are told apart: data only, written for this purpose.

Titles are what is guessed, so the words are those of titles, in the forms titles have.
"""

KYRGYZ = """
жана менен үчүн боюнча жөнүндө тууралуу чейин кийин мурун аркылуу катары карата болгон болуп бар жок
гана эле эмес дагы бир эки үч төрт беш алты жети сегиз тогуз он жүз миң биринчи экинчи үчүнчү анын
алардын өз өзү ар бардык көп аз чоң кичине жаңы эски ал бул ушул ошол биз сиз мен кыргыз
кыргыздардын кыргызстандагы кыргызстандын республикасынын республикасы мамлекеттик мамлекет тарых
тарыхы тарыхынын тарыхый адабият адабияты адабиятынын адабий тил тили тилинин тилдик тилдери
маданият маданияты маданий маданиятынын эл элдик элдин элинин эпос эпосу эпосунун дастан дастаны
манас манасчы манастын жомок макал лакап ырлар ыры ырлары акын акындар акындардын жазуучу чыгарма
чыгармалары чыгармачылыгы чыгармаларындагы роман повесть аңгеме көркөм сүрөт сүрөттөлүшү образы илим
илимий илимдер илиминин изилдөө изилдөөлөр изилдөөлөрү иликтөө талдоо анализ салыштыруу
салыштырмалуу маселелери маселеси көйгөйлөрү проблемалары жолдору ыкмалары усулдары негиздери
негизги негизинде теориясы практикасы өнүгүүсү өнүгүү өнүктүрүү өнүктүрүүнүн калыптануу калыптанышы
калыптандыруу түзүү түзүлүшү түзүмү пайдалануу колдонуу колдонулушу иштетүү иштеп чыгуу
өзгөчөлүктөрү өзгөчөлүгү мүнөздөмөсү мааниси маанилүү ролу орду таасири таасир көрсөтүү баалоо
аныктоо камсыз кылуу башкаруу уюштуруу жөнгө салуу сактоо коргоо арттыруу жогорулатуу жакшыртуу
кеңейтүү тарбиялоо окутуу окутуунун окуу окуучу окуучулардын мектеп мектептеги мугалим мугалимдердин
бала балдар балдардын билим билим берүү жогорку кесиптик окуу жай студенттердин педагогикалык
психологиялык инновациялык экономика экономикалык экономикасынын каржы салык банк рынок соода базар
айыл чарба чарбасы өндүрүш өндүрүшү өнөр жай эмгек жер суу суунун жаратылыш курчап турган чөйрө тоо
тоолуу көл көлү дарыя токой өсүмдүк өсүмдүктөрү жаныбарлар малдын мал кой уй жылкы жайыт түшүм
түшүмдүүлүгү буудай арпа климат аба ырайы жылуулук күн энергия энергетика кен казып алуу алтын таш
көмүр медицина медициналык оору оорулар ооруларын дарылоо ден соолук адам адамдын бейтап кан жүрөк
өпкө укук укугу укуктук мыйзам мыйзамдар конституция сот кылмыш жаза жарандык жаран саясат саясий
саясаты коом коомдук коомдун улут улуттук эгемендүүлүк эркиндик тышкы ички эл аралык байланыш
мамилелер дин диний ислам философия философиялык ой жүгүртүү аң сезим дүйнө дүйнөсү дүйнөлүк руханий
баалуулук баалуулуктар салт каада үрп адат жаштар аялдар үй бүлө кыз жигит ата эне баатыр хан бий
уруу көчмөн сөздүк сөз сөздөр сүйлөм этиш зат атооч мүчө тыбыш үндөштүк котормо которуу текст
синтаксис жыйнак жыйнагы макала макалалар китеп китеби колдонмо окуу китеби программа маалымат
маалыматтык техника технология технологиялар санариптик эсептөө чечүү теңдеме теңдемелер сандык ыкма
модель моделдөө математика математикалык физика физикалык химия химиялык биология курулуш курулушу
имарат жол унаа сапаты сапаттуу коопсуздук кооптуу кырсык жылдар жылы кылым кылымдагы доор доору
мезгил убак областынын облусу району шаары шаарынын айылы бишкек ош нарын талас чүй ысык жалал абад
баткен ысымы атындагы университетинин университети академиясынын институту кафедрасы башталышы баяны
баяндар эскерүүлөр өмүрү өмүр жолу тагдыры күрөшү согуш согушу жеңиш тынчтык даярдоо даярдыгы
көндүмдөр компетенция аймак аймактык аймактагы калк калктын шарттары шартында киргизүү мазмуну
методикасы методдору каражаттары багыттары мүмкүнчүлүктөрү натыйжалары натыйжалуулугу айрым кээ
кыскача толук жалпы азыркы заманбап байыркы орто кайра куруу салыштыруу бөлүштүрүү кыргызча орусча
англисче түркчө жазма оозеки көчмө мурас мурасы музей архив китепкана китепканалар системасы
системасынын системалары процесси процесстери процессинин реформасы реформалоо министри министрлиги
президентинин президентке пенсиясы пенсияга компаниясы компаниянын фирмалар финансылык документтер
документтери форуму заводу заводунун автобустун операциясы комиссиясынын комиссияга декларациясы
техникасы техникалык механизми механизмдери структурасы функциясы функциялары формалары факторлору
принциптери критерийлери ресурстары ресурстарын объектилери субъектилери проектиси кодекси
программасы терминдери грамматикасы лексикасы стилистикасы поэзиясы прозасы драмасы театры кинонун
тренинги кредиттер инвестициялар инвестициялык экспорту импорту азиянын россиянын москвада кытайдын
казакстан өзбекстан түркия германияда ассамблеясы аэропорту станциясы клиникасы вирусу инфекциясы
болот кылат берет айтты деди келди кетти алды болду келген кеткен айткан жазган берген алган турган
жүргөн жаткан алып берип келип туруп коюп айтып жүрөт жатат кылып кылган этет эткен болсо берсе алса
үйү үйдө жерде жерлер колу башы көзү тили менин сенин анда мында кантип кандай канча кимге эмне
бизге аларга ичинде тышында алдында астында үстүндө жанында ортосунда арасында тарабынан китебинен
иштери ишинин иш иштер кызматы кызматынын кызматкерлердин жетекчилиги тармагы тармактары аябай сонун
жакшы жаман кызыл кара ак көк сары бийик төмөн терең узун кыска
"""

RUSSIAN = """
и в на с по для из о об от до при за над под между без через к у как или не а но что его их это
этого этот эта которых который которые также после перед около среди против история истории
исторический исторические историческое развитие развития развитии литература литературы литературе
язык языка языке языков языковой русский русского русской киргизский киргизской киргизского
кыргызский кыргызской кыргызского кыргызстан кыргызстана кыргызстане республики республике
республика государство государства государственный государственной государственного управление
управления управлении общество общества обществе общественный общественной культура культуры
культурное культурный народ народа народов народного народный народные эпос эпоса сказки поэзия
поэзии роман повесть рассказы стихи творчество творчества писателя художественный художественной
искусство наука науки научный научная научные научных исследование исследования исследований
исследованию изучение изучения анализ анализа сравнительный сравнительная сравнительное проблемы
проблема проблем вопросы вопрос вопросам вопросах особенности особенность особенностей основы основ
основные основных теория теории теоретические практика практики методы метод методов методика
методические методических указания рекомендации пособие учебное учебник учебного учебных процесс
процесса процессов процессы применение применения использование использования использованием
разработка разработки совершенствование совершенствования повышение повышения эффективность
эффективности оценка оценки влияние влияния роль значение формирование формирования обеспечение
обеспечения организация организации деятельность деятельности состояние состояния перспективы
современный современные современная современной современных условия условиях новый новые новых новое
первый вторая общий общая общие общее некоторые краткий полный большой древний древних средних школ
школы школе обучение обучения преподавание преподавания воспитание воспитания образование
образования студентов учащихся учителя детей дети ребенка высшей высшего вузов педагогическая
педагогические психология психологические экономика экономики экономический экономическая
экономические экономических рынок рынка финансовый финансов налоговой банков труд труда производство
производства сельское сельского хозяйство хозяйства промышленность промышленности предприятий земля
земли вода воды водных природа природных ресурсов окружающей среды среда гор горных озеро озера река
реки лес лесов растения растений животных животные овец крупного рогатого скота почвы почв
урожайность пшеницы климата изменение изменения энергия энергии тепло солнечной угля золота
месторождения руды добычи медицина медицины медицинской лечение лечения больных болезни болезней
заболевания заболеваний здоровье здоровья человек человека человеческий крови сердца легких хирургия
клинические диагностика право права правовой правовые правового закон закона законодательство
законодательства суд уголовный уголовного гражданский гражданского гражданское преступлений политика
политики политический политические международный международные международных отношения отношений
внешняя безопасность безопасности религия религии философия философии философский сознание мышление
мир мира мировой духовные ценности традиции обычаи молодежь молодежи женщины женщин семья семьи
жизнь жизни отец мать словарь слово слова предложение глагол имя существительное перевод перевода
текст текста сборник статей труды материалы конференции книга книги очерки записки воспоминания
путешествие введение технология технологии технологий техника техники технический системы система
систем информационные информационных цифровые цифровой вычислительные решение решения уравнений
уравнения задачи задач численные модель модели моделирование математика математические
математической физика физические физики химия химические химический биология строительство
строительства здания зданий конструкций дорог качество качества расчет проектирование свойства
структура синтез сложных движение движения годы годов году год век века веков период периода война
войны победа область области район района город города городе москва россия россии российской ссср
средняя азия азии центральной университета университет института институт академии кафедра
автореферат диссертации монография международной всероссийской межвузовской национальный
национальной национального женский мужской сущность возможность необходимость взаимодействие
взаимосвязь представления путь пути опыт без силы сила сын дочь душа душой ужас смысл логика этика
критика искусстве явление явления понятие понятия идея идеи истина тайна тайны судьба остров океан
море небо звезды земле лето зима осень весна дети отцы сказка сказание сборники романы поэмы песни
песня драма комедия театр театра кино архитектура архитектуры архитектора музыка музыки живопись
мастера мастер герой героя герои властелин слуга маркетинг маркетинга менеджмент бизнес предприятия
компьютерных программ программирование программы сетей сети сеть инженерные инженерная горная горные
электрических электрические машин машины станков резания металлов сталей алюминия бетона грунтов
скважин бурения обогащение руд экологические эколога прав ребенок школьников дошкольников младших
старших классов класса для студ спец учеб дело дела субъект субъекта субъекту объект объекты
дополнение исследователь критерии критерий структуры функции понимание познание мышления бытие бытия
логики сознания разум разума истории повседневность грамматика лексика лексики фразеология
синтаксические морфологические семантика семантики значения терминов любовь друзья день ночь дом мой
наш ваш люди времени время быть есть кыргызы кыргызов киргизы киргизов казахи казахов узбеки узбеков
кочевники ханство каган алая памира таласа нарына баткена оша манаса алайский алайская чуйская
чуйской таласская нарынская ошской иссык-кульской ботаника ботанический атлас газета газеты журнал
журналы закон законы памяти имени жизни
"""

ENGLISH = """
the of and in on for with from by to at as an a is are its their into between within using based
under through toward towards over about among against how what why who when where that this new not
or history historical development developing literature literary language languages study studies
analysis analyses research introduction theory theories theoretical practice practical method
methods methodology approach approaches application applications use uses used effect effects role
impact influence evaluation assessment comparison comparative review overview survey case report
reports problem problems issues challenges perspective perspectives principles foundations
fundamentals handbook guide manual textbook encyclopedia dictionary proceedings conference essays
papers letters journal modern contemporary early ancient medieval century age world war peace life
lives death love people man men woman women children child youth family social society societies
culture cultural political politics policy policies public state states government law laws legal
rights human international national american british russian central asia asian kyrgyz republic
economic economics economy market markets finance financial trade business management labor work
industry industrial agriculture agricultural rural urban city cities land water resources
environment environmental climate change ecology ecological energy power solar wind mountain lakes
rivers forest forests plants plant species animal animals soil growth yield wheat production quality
food health medicine medical disease diseases treatment therapy patients clinical diagnosis care
cancer blood heart cells cell gene genes genetic protein molecular biology chemistry chemical
physics physical mathematics mathematical equations equation solution solutions numerical linear
nonlinear functions function model models modeling simulation computer computing software data
database systems system design structure structures properties property materials material
engineering technology technologies technical information digital network networks learning machine
deep neural knowledge teaching education educational school schools students student teachers
teacher higher university training skills psychology psychological behavior mind thought thinking
philosophy philosophical religion religious church islam christian art arts artist music musical
dance theatre poetry poems poem poet novel novels stories story tales fiction drama plays letters
writings works selected collected complete edition translation translated english french german
dynamics mechanism mechanisms process processes control measurement optimization optimal performance
efficiency efficient quality safety risk security future past present time space light high low
large small first second two three towards understanding making building writing reading being
without american freedom power house king kingdom island country way ways day night black white
great good evidence changes changing relationship relationships association associated prevalence
among adults distribution variation identification characterization determination investigation
improvement author's people's women's children's world's guides song songs concert collections
collection gallery museum exhibition sculpture painting paintings photography architecture building
lady murder mystery dark king's queen legacy heritage travel journey voyages adventures secret
garden river sea sky winter summer spring autumn weekend ten thousand hundred first-hand eye hand
heart head body brain kingdom algebra geometry topology groups rings numbers logic sets set paradox
puzzle idea ideas key brief grammar essay commentary companion reader readers bibliography index
register annual yearbook bulletin memorial town village road street house home bank office court
council committee commission department service services act bill tax budget income poverty
migration gender identity race class classes revolution republican democratic democracy union soviet
empire imperial colonial army military navy soldiers some other more one years year old long south
north east west
"""

OTHER_LATIN = """
der die das und in von zur zum des den dem ein eine einer für mit über aus bei nach auf im als nicht
geschichte grundlagen einführung untersuchung untersuchungen entwicklung bedeutung deutsche
deutschen
sprache literatur wissenschaft wissenschaftliche forschung theorie gesellschaft politische leben
welt
zeit jahrhundert krieg kunst recht wirtschaft beiträge werke briefe handbuch lehrbuch studien
zwischen
gesammelte schriften ausgabe kritische philosophie denken menschen frau kinder stadt land natur
internationalen vergleichenden verwaltung materialien kultur medien roman
alte musik deutschland ausstellung geburtstag wandel beitrag verhältnis regierung zeitschrift alltag
le la les de du des et en un une sur dans pour par au aux avec sans chez entre son ses leur est qui
que
histoire étude études littérature française français langue vie siècle essai théorie pratique
recherche
recherches société politique économie économique développement guerre monde homme femme enfants
œuvres
lettres droit pensée philosophie contemporaine moderne nouvelle nouveau ville pays naissance poésie
l'histoire d'une d'un l'art l'homme
roman romans policier cahiers petites maisons africains français intellectuels musulmans poètes mort
nuit
l'occupation siècles mémoires souvenirs oeuvres jeune fille
el los las del y en una para por con su sus sobre desde entre como historia estudio estudios
literatura
lengua española español vida siglo ensayo teoría investigación sociedad política económica
desarrollo
guerra mundo hombre mujer niños obras derecho pensamiento nueva nuevo ciudad educación cuentos
novela nuestros poetas secretos tradiciones antología escritos régimen mitos magos
mexicanos argentina fundamentales cuarto amor muerte
il lo gli i della delle dei degli dello nel nella di e per con su tra storia studi letteratura
italiana
lingua vita secolo saggio ricerca società politica economia sviluppo guerra mondo uomo donna opere
diritto pensiero nuova città scritti poesie romanzo dell'arte d'arte l'arte della artistica
collezione maestri appunti
conversando americani religiosa moderna
o os as do da dos das no na em um uma para com sobre história literatura portuguesa língua
brasileira
vida século sociedade desenvolvimento mulher obras educação
de het een van en op te voor met geschiedenis nederlandse leven werken
ve bir için ile olarak üzerine arasında türk türkiye tarihi dili edebiyatı kültürü eğitim araştırma
incelenmesi değerlendirilmesi öğretmen öğrenci üniversitesi bilimleri etkisi sistemi yöntemleri
sosyal
ekonomik tarih dünya kırgız kırgızistan türkçe kitap şiir hayatı eserleri çağdaş toplum
va bilan uchun haqida o'zbek o'zbekiston tili adabiyoti tarixi ta'lim fanlari asosida rivojlanish
w na z do nie się i o dla od przez oraz historia literatury polskiej język polski życie wiek badania
teoria społeczne nauki
de et in ad ex cum pro ab per libri liber opera omnia historia naturalis flora systema dissertatio
quaestiones epistolae tractatus commentarius carmina vita sive ars minor missa missarum regum rerum
romanorum
och i att det en ett som för av på med till om historia svensk studier og at det er til af dansk
norsk
i v na s iz po dlia russkoi russkoĭ literatury literatura istoriia istorii iskusstvo izbrannye
ocherki proizvedeniia sobranie sochinenii stikhi povesti rasskazy sovetskoi sssr voprosy razvitie
"""

_FOREIGN = """
що від або щодо який яка які україни със във като през към чрез върху нь болон байна тухай монголын
улсын түүх хүний және туралы бойынша ва билан һәм белән турында барои
"""

FOREIGN_WORDS = frozenset(_FOREIGN.split())
"""Frequent words of Ukrainian, Bulgarian, Mongolian, Kazakh, Uzbek, Tatar and Tajik that Kyrgyz and
Russian do not have."""
