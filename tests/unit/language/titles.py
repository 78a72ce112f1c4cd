"""Titles of three to twelve words, written for measuring how well their language is told."""

KYRGYZ = """
Кыргыз адабиятынын тарыхы
Орто кылымдардагы Кыргызстан шаарлары
Манас эпосунун варианттары жана айтуучулары
Чыңгыз Айтматовдун чыгармаларындагы жаратылыш
Ысык-Көл облусунун туризм тармагы
Кыргыз тилинин орфографиялык сөздүгү
Башталгыч класстарда эне тилин окутуу
Мектеп окуучуларынын сүйлөө маданияты
Бийик тоолуу аймактардын экологиясы
Айыл чарбасында сууну үнөмдөө технологиялары
Кой чарбасын өнүктүрүүнүн экономикалык негиздери
Нарын дарыясынын суу режими
Талас өрөөнүнүн археологиялык эстеликтери
Кыргыздардын салттуу кийимдери
Боз үйдүн түзүлүшү жана жасалгалары
Кол өнөрчүлүк жана аны сактап калуу
Токтогул Сатылгановдун ырлары
Алыкул Осмоновдун поэзиясы жана тагдыры
Касым Тыныстанов жана кыргыз тил илими
Кошок жанрынын өзгөчөлүктөрү
Балдар фольклорун жыйноо жана изилдөө
Жаш муундарды атуулдук духта тарбиялоо
Үй-бүлөдөгү тарбиянын мааниси
Мугалимдин кесиптик чеберчилиги
Санариптик билим берүү чөйрөсүн түзүү
Жогорку окуу жайларында информатиканы окутуу
Сызыктуу теңдемелер системасын чыгаруу
Жай дифференциалдык теңдемелер
Ыктымалдуулуктар теориясы боюнча маселелер жыйнагы
Электр чынжырларын эсептөө
Күн нурунун энергиясын пайдалануу
Чакан гидроэлектростанцияларды долбоорлоо
Жер титирөөлөр жана имараттардын туруктуулугу
Тянь-Шандын мөңгүлөрү эриүүдө
Көчкү коркунучу бар жерлерди аныктоо
Бишкек шаарынын абасынын булганышы
Дары өсүмдүктөрдү өстүрүү жана жыйноо
Жаңгак токойлорунун азыркы абалы
Кызыл китепке кирген канаттуулар
Бал аарылардын оорулары
Жылкы сүтүнүн курамы жана касиеттери
Эт азыктарынын сапатын көзөмөлдөө
Картошканын жаңы сортторун сыноо
Жашылча эгиндерин сугаруу
Топурактын кыртышын эрозиядан сактоо
Кургак учуктун алдын алуу
Кан басымы жогору адамдарга кеңештер
Балдардын тиш оорулары
Кош бойлуу аялдардын тамактануусу
Бийик тоо шартында жүрөк иши
Кыргыз элинин элдик дарыгерчилиги
Жарандык укук боюнча окуу китеби
Эмгек мыйзамдарынын өнүгүшү
Жер участогуна менчик укугу
Шайлоо системасы жана саясий партиялар
Жергиликтүү өз алдынча башкаруу
Бажы төлөмдөрүн эсептөө тартиби
Банктардын насыя саясаты
Салыктарды чогултуунун натыйжалуулугу
Ички миграция жана калаанын көйгөйлөрү
Чет өлкөдө иштеген жарандар
Кыргыз-кытай соода байланыштары
Борбор Азиядагы суу талаштары
Кокон хандыгынын доорундагы түндүк кыргыздар
Курманжан датканын өмүрү
Үркүн окуясы жана анын кесепеттери
Согуш жылдарындагы кыргызстандык жоокерлер
Колективдештирүү жана көчмөндөрдү отурукташтыруу
Совет доорундагы айыл турмушу
Эгемендүүлүктүн алгачкы он жылы
Теңирчилик жана ата-бабалардын ишеними
Ислам дининин Кыргызстанда таралышы
Кыргыз философиясынын башаты
Жусуп Баласагындын ой жүгүртүүсү
Махмуд Кашгаринин сөздүгү
Орхон жазуулары жана алардын окулушу
Байыркы түрк эстеликтеринин тили
Кыргыз тилинин диалектилери
Түштүк говорлорунун лексикасы
Тилдеги кыймыл-аракетти билдирген сөздөр
Фразеологизмдердин маанилери жана колдонулушу
Англис тилинен которуудагы кыйынчылыктар
Кыргыз терминологиясынын калыптанышы
Котормо теориясына киришүү
Гезит тилинин стили
Радио жана телеберүүлөрдүн тарыхы
Кыргыз киносунун алтын доору
Төлөмүш Океев жана анын тасмалары
Комуз күүлөрү жана аткаруучулар
Элдик оюндар: тогуз коргоол
Жамбы атуу жана эр сайыш
Спортчулардын дене даярдыгы
Ашканадагы тамак-аш коопсуздугу
Кийим тигүүнүн негиздери
Жыгач устачылыгы боюнча колдонмо
Курулуш материалдарынын касиеттери
Жолдорду оңдоо жана тейлөө
Тоо-кен ишканаларынын таштандылары
Кумтөр кени жана мамлекеттин кызыкчылыгы
Көмүрдү байытуу ыкмалары
Сурьма кендеринин геологиясы
Металлдардын дат басышы
Органикалык химия боюнча иштер
Полимерлердин жылуулукка туруктуулугу
Лазер нурунун затка тийгизген таасири
Атом ядросунун түзүлүшү
Жарыктын чачырашы жана жутулушу
Асман телолорунун кыймылы
Клетканын курулушу жана бөлүнүшү
Тукум куучулук мыйзамдары
Көл балыктарынын көбөйүшү
Сүт эмүүчүлөрдүн сөлөкөтү
Туздуу көлдөгү микроорганизмдер
Жамгырдын жана кардын өлчөмдөрү
Тоо этектеринин кыртышы
Картадан аралыкты табуу
Китепкана ишин уюштуруу
Кол жазмалар фондусунун каталогу
Архивдик документтерди сактоо эрежелери
Илимий макалаларды жазуу боюнча кеңеш
Окуучунун жеке өнүгүү жолу
Жетим балдарды коомго аралаштыруу
Майыптарга жардам көрсөтүү
Шаардык өспүрүмдөрдүн жүрүм-туруму
Чоңдордун билимин жогорулатуу
Аялдардын саясатка катышуусу
Кыз ала качуу: салтпы же кылмышпы
Элдик каада-салттардагы тыюулар
Нооруз майрамынын келип чыгышы
Кыргыз тамактары жана суусундуктары
Ат үстүндө өткөн өмүр
Тоолор менен талаалардын балладасы
Биринчи мугалимдин сабагы
Кылым карытар бир күн
Сынган кылыч тарыхый романы
Жамийла жана Данияр
Узак жол баяны
Кар алдындагы гүлдөр
Атадан калган туяк
Менин балалыгым айылда өттү
Акындар айтышынын тарыхынан
Жомоктордогу каармандардын дүйнөсү
Санжыра: уруулар жана алардын тарашы
Ала-Тоодогу кең жайлоолор
Сары-Челек коругунун жаныбарлары
Баткен облусунун калкы
Ош шаарынын үч миң жылдыгы
Жалал-Абад булактарынын шыпаасы
Чүй каналынын курулушу
Кербен сарайлар жана Улуу Жибек жолу
Кыргыз мамлекеттүүлүгүнүн башаттары
Бала бакчадагы оюндар
""".strip().splitlines()

RUSSIAN = """
История киргизской литературы
Сказание о Манасе и его исполнители
Поздняя проза Чингиза Айтматова
Туризм на побережье Иссык-Куля
Орфографический словарь кыргызского языка
Преподавание родного языка в начальных классах
Культура речи школьников
Экология высокогорных территорий
Водосберегающие технологии в орошаемом земледелии
Экономические основы тонкорунного овцеводства
Гидрологический режим Нарына
Археологические памятники Таласской долины
Традиционная одежда кочевников
Устройство и убранство юрты
Народные ремесла и их сохранение
Лирика Токтогула Сатылганова
Жанровое своеобразие причитаний
Сбор и изучение детского фольклора
Патриотическое воспитание подрастающего поколения
Профессиональное мастерство педагога
Создание цифровой образовательной среды
Информатика для студентов технических специальностей
Решение систем линейных уравнений
Обыкновенные дифференциальные уравнения
Сборник задач по теории вероятностей
Расчет электрических цепей переменного тока
Преобразование солнечной энергии
Проектирование малых гидроэлектростанций
Сейсмостойкость многоэтажных зданий
Таяние ледников Тянь-Шаня
Оползневая опасность в предгорьях
Загрязнение воздуха в крупных городах
Выращивание лекарственных трав
Орехоплодовые леса юга страны
Птицы, занесенные в Красную книгу
Заразные болезни медоносных пчел
Состав и свойства кобыльего молока
Контроль качества мясных продуктов
Испытание новых сортов картофеля
Капельное орошение овощных культур
Защита почв от эрозии
Профилактика туберкулеза среди населения
Советы больным гипертонией
Кариес молочных зубов
Питание беременных женщин
Работа сердца в условиях высокогорья
Народная медицина кыргызов
Гражданское право: общая часть
Трудовое законодательство переходного периода
Право собственности на земельный участок
Избирательные системы и партии
Местное самоуправление: опыт и уроки
Порядок исчисления таможенных платежей
Кредитная политика коммерческих банков
Собираемость налогов в регионах
Внутренняя миграция и рост городов
Трудовые мигранты за рубежом
Торговые связи с Китаем
Водные споры в Центральной Азии
Северные племена под властью Коканда
Жизнь Курманджан датки
Восстание 1916 года и его последствия
Уроженцы республики на фронтах Великой Отечественной
Коллективизация и оседание кочевых хозяйств
Быт советской деревни
Первое десятилетие независимости
Тенгрианство и культ предков
Распространение ислама в Семиречье
Истоки философской мысли
Мировоззрение Юсуфа Баласагунского
Словарь Махмуда Кашгарского
Чтение рунических надписей
Язык древнетюркских памятников
Говоры южного наречия
Глаголы движения в разносистемных языках
Семантика фразеологических единиц
Трудности перевода с английского
Становление отраслевой терминологии
Стиль газетной статьи
Из истории радиовещания
Золотой век киргизского кино
Фильмы Толомуша Океева
Наигрыши на комузе
Настольные и подвижные игры
Физическая подготовка спортсменов
Безопасность пищевых продуктов
Основы кройки и шитья
Столярное дело для начинающих
Свойства строительных материалов
Ремонт и содержание автомобильных дорог
Отходы горнорудных предприятий
Рудник Кумтор и интересы государства
Способы обогащения бурого угля
Геология сурьмяных месторождений
Коррозия металлов в морской воде
Практикум по органической химии
Термостойкость полимеров и пластмасс
Воздействие лазерного излучения на вещество
Строение атомного ядра
Рассеяние света в мутных средах
Движение небесных тел
Деление клетки и его регуляция
Законы наследственности у растений
Нерест промысловых рыб
Строение скелета млекопитающих
Микроорганизмы соленых озер
Количество осадков по сезонам
Почвенный покров предгорий
Определение расстояний по карте
Организация библиотечного дела
Каталог фонда рукописей
Правила хранения архивных документов
Как написать научную статью
Индивидуальная траектория ученика
Адаптация детей-сирот в обществе
Помощь инвалидам и престарелым
Поведение подростков в сети
Переподготовка взрослых специалистов
Участие женщин в выборах
Похищение невест: традиция или преступление
Запреты и приметы в быту
Происхождение праздника Нооруз
Кухня кочевых народов
Жизнь, проведенная в седле
Повести гор и степей
Прощай, Гульсары: повесть
Белый пароход после сказки
И дольше века длится день
Сломанный меч: исторический роман
Рассказ о долгой дороге
Цветы под снегом
Мое детство прошло в ауле
Состязания певцов-импровизаторов в степи
Мир волшебной сказки
Родословная племен и родов
Летние пастбища Алатау
Звери Сары-Челекского заповедника
Население южных областей
Три тысячи лет города Ош
Целебные источники Джалал-Абада
Строительство Большого Чуйского канала
Караван-сараи Великого шелкового пути
У истоков государственности
Игры в детском саду
Горе от ума
Отцы и дети
Преступление и наказание
Капитал: критика политической экономии
Вычислительная гидродинамика для инженеров
Нейронные сети и их обучение
Надежность программного обеспечения
Как закалялась сталь
Ботанический сад академии
""".strip().splitlines()

ENGLISH = """
A history of Kyrgyz literature
The singers of the Manas epic
Nature in the late prose of Chingiz Aitmatov
Tourism on the shores of Issyk-Kul
Spelling dictionary for schools
Mother tongue instruction in primary grades
Speech habits of schoolchildren
Ecology of high mountain areas
Saving irrigation water on small farms
Economics of fine wool sheep breeding
Runoff regime of the Naryn river
Archaeological sites in the Talas valley
Traditional clothing of the nomads
How a yurt is built
Crafts worth saving
Songs of Toktogul Satylganov
Laments as a genre of oral poetry
Collecting nursery rhymes
Raising citizens: civic education after independence
What makes a good teacher
Digital classrooms in remote villages
Informatics for engineering students
Solving sparse linear systems
Ordinary differential equations with applications
Problems in probability theory
Alternating current circuits
Photovoltaic cells under partial shading
Design of micro hydropower plants
Earthquake resistance of tall buildings
Glacier retreat in the Tien Shan
Mapping landslide hazard with radar
Air pollution in Bishkek
Growing medicinal herbs
Walnut forests of southern Kyrgyzstan
Birds of the Red Book
Honey bee pathogens
Composition of mare's milk
Meat inspection and hygiene
New potato varieties tested
Drip irrigation of vegetables
Preventing soil erosion on slopes
Tuberculosis control in prisons
Advice to patients with hypertension
Tooth decay in toddlers
Diet during pregnancy
Cardiac function at altitude
Folk remedies of the Kyrgyz
Civil law in transition
Labour legislation and trade unions
Land tenure and property
Electoral systems and parties
Local self-government in practice
Calculating customs duties
Lending by commercial banks
Why people pay taxes
Internal migration and urban growth
Workers abroad and their remittances
Trade with China along the border
Disputes over transboundary rivers
Northern tribes under Kokand rule
The life of Kurmanjan Datka
The revolt of 1916 and its aftermath
Soldiers from the mountains
Collectivization and the settlement of nomads
Daily life on the collective farm
The first decade of independence
Ancestor worship among the Turks
The spread of Islam across the steppe
Origins of philosophical thought
Yusuf Balasaguni and the wisdom of royal glory
Reading runic inscriptions
Old Turkic grammar
Southern dialects and their vocabulary
Verbs of motion across languages
The meaning of idioms
Translating humour between cultures
The making of technical terminology
Newspaper style and register
Broadcasting from the capital
A golden age of cinema
Films of the Soviet periphery
Tunes for the komuz
Board games of the world
Fitness of young athletes
Food safety in restaurants
Sewing for beginners
Carpentry and joinery
Strength of brick masonry
Road maintenance in winter
Tailings from uranium mines
Gold and the state
Upgrading of brown coal
Geology of antimony deposits
Corrosion in sea water
Experiments in organic chemistry
Heat resistant polymers
Laser ablation of metals
The structure of the atomic nucleus
Scattering of light by particles
Motion of celestial bodies
Cell division and its regulation
Laws of heredity
Spawning of freshwater fish
The mammalian skeleton
Microbes in saline lakes
Seasonal rainfall patterns
Soils of the foothills
Measuring distance on maps
Running a public library
Catalogue of manuscripts
Keeping archival records
How to write a scientific article
Individual paths to learning
Orphans and their adaptation
Caring for the elderly
What teenagers do online
Retraining adults for new jobs
Women at the polls
Bride kidnapping: custom or crime
Taboos and omens
Where Nowruz comes from
Cooking with nomads
Fifty years in the saddle
Tales of the mountains and steppes
Farewell, Gulsary: a novella
The white steamship
Crime and punishment
Fathers and sons
The broken sword
A story of the long road
Flowers under snow
Growing up in a village
Contests of improvising bards
The world of fairy tales
Genealogies of tribes and clans
Summer pastures above the clouds
Wildlife of Sary-Chelek reserve
Population of the southern provinces
Three thousand years of Osh
Healing springs near Jalal-Abad
Digging the great Chuy canal
Caravanserais on the Silk Road
Sources of statehood
Games for kindergarten
Graph neural networks for molecules
Attention is all you need
CRISPR screening in zebrafish
Bayesian inference with sparse priors
Quantum error correcting codes
Lecture notes on topology
A short grammar for travellers
Randomized trial of statin therapy
Fast Fourier transforms on GPUs
""".strip().splitlines()

OTHER = """
Қазақ әдебиетінің тарихы
Абай Құнанбайұлының шығармалары
Қазақстан экономикасының дамуы
Ўзбек халқ оғзаки ижоди
Ўзбекистон тарихидан лавҳалар
Татар теленең аңлатмалы сүзлеге
Татарстан һәм дөнья
Башҡорт халыҡ ижады
Таърихи халқи тоҷик
Забони адабии ҳозираи тоҷик
Історія української літератури
Київська Русь і Візантія
Розвиток економіки України
Історія на българската литература
Монгол улсын түүх ба соёл
Geschichte der deutschen Literatur
Die Wahlverwandtschaften und andere Erzählungen
Einführung in die Elektrotechnik
Der Untergang des Abendlandes
Über die Grundlagen der Mathematik
Histoire de la littérature française
Les fleurs du mal et autres poèmes
Étude sur les plantes de montagne
La peinture au dix-neuvième siècle
Historia de la filosofía española
Los pueblos nómadas de Asia
El clima y las montañas
Storia della pittura italiana
I promessi sposi
História do povo português
Türk dilinin tarihi gelişimi
Kırgız destanları üzerine bir inceleme
Orta Asya'da İslam ve toplum
O'zbek tilining izohli lug'ati
Alisher Navoiy ijodi va uning ahamiyati
Dzieje literatury polskiej
Geschiedenis van de Nederlandse kunst
Istoriya kirgizskoy literatury
Voprosy razvitiya sel'skogo khozyaystva
Ағылшынша-қазақша қысқаша сөздік
中国 历史 研究
تاريخ الأدب العربي
Ιστορία της φιλοσοφίας
Հայ գրականության պատմություն
""".strip().splitlines()
