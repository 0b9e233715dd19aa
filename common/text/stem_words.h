/* SPDX-License-Identifier: MIT */
/* Words by whose stems a stemmer is recognised, separated by spaces. Written by
 * common/text/stem_words.py from https://github.com/snowballstem/snowball-data; do not edit. */
#ifndef QUERN_COMMON_TEXT_STEM_WORDS_H
#define QUERN_COMMON_TEXT_STEM_WORDS_H

static const struct stem_words {
    const char *algorithm;
    const char *words;
} STEM_WORDS[] = {
    /* clang-format off */
    {"arabic",
     "والكتاب كتابهم المدرسة مدرسات يكتبون كتبت سيكتب المعلمين معلمون فالبيت للناس كالشمس "
     "بالعربية أخبار الأخبار استخدام يستخدمون استخدمت مستخدم المستخدمين برامج البرنامج "
     "برنامجك وسنقرأ نظامها إدارة الإدارية ملفات ملفاتهما الجديدة جديدتين أكبر كبيران لبنان "
     "وصل تواصل يتواصلون أسئلة سؤال مكتبي شبكة الشبكات شبكتنا تثبيتها"},
    {"armenian",
     "հարկերից հանրային հանդբոլիստուհի հասունացման հասնում հանգըլը հաստոցաշինական "
     "կոնֆիգուրացիոն հանցակիցների հավատացել համերգասրահներ հայրենասերները հարցված "
     "հանապազօրյա հարցնելու կուլտուրայով հաղթություն հասցվում կոնգրեսից հանդիպմամբ "
     "հաշվարկումը հաճախելիության հետերոցիկլիկ հատվել հետապնդեցին կրկնելու հարցազրույց "
     "կետադրությունը կրակակետեր կստանար համաճարակ հյուսելով"},
    {"basque",
     "inora inbertsioak igaroan ikastolen herritik ibaiko hazteko ibilbidean harresiaren "
     "hedatzen hiritarrek ibaietan grabatu harturik kandela ikertu gozatzeko hartzekoa "
     "herrialdera hasiz ingurura gotortua ingeniari honenbestez hozten hebrear irrika "
     "harremana infanta hirietako herriarekin informazio"},
    {"catalan",
     "intensa joier kazakhs legislatures exhumat explotar estereotipada excavats figurant "
     "guardà kuriltai esmaltades experimenten homeopatia gravació lateral limbe executava "
     "latifundis equivocadament inflexible legals guixos lobo experimentaven imita fregir "
     "insostenibles judaisme gronxador lleuger integrista"},
    {"danish",
     "kyssed løskøbe lovpriser listen josjafats lynet læres kongsbyerne mildt kyrene "
     "kværnens matte ledende kehatiternes længere hændelse kamelers nedrig mistrøstige "
     "lysets lederen mennesketomme opblæsthed mætter overflødigt redelig samtykke mattes "
     "krummer opvækker hjulenes lovlige"},
    {"dutch",
     "mayr morskielen mainframes meeste onvermomde omarming ontnuchterden neerkijkende "
     "prikte onderschept ontoereikend onmoetten moeilijkheid onbarmhartig ionisatie "
     "neerhingen nieuwsgierige lapje opkrikken luisteren milieuklassen moeiigjes onhaalbaar "
     "opwellen onderschrijven milieuadviezen milieuanalyses maantje mishagen lantmännen "
     "ledematen manteltjes"},
    {"english",
     "link lends laboursome launched lacking jaques lengthy labourer matronly infection "
     "lovingness exultation mervailous lupercal housekeepers irreclaimable illiterate "
     "jocundity lifelings inaugurated nosed foundations pasting incumbent neglectful "
     "hysteric exterminations infinitive guildhall extirpating monotonously enjoyment"},
    {"finnish",
     "elokuvakerho etiopialaisen edullisin ennakoidun epätoivoa epäsuoran evästi "
     "elektronisia flaamit hahmottavat elektronista eivätole erikoistuneen esikarsintaa "
     "epäviralliset harjoitusmäärä ennusteltiin etuoikeutta esikuntien dekkarissa "
     "eteläsatamaan ensosta eläkepäiville feminismiä elokussa dudajevilla helisevät "
     "etykistä erikoistumassa hallitusryhmän dokumentit epäluuloja"},
    {"french",
     "languir langage lettres latins ignorer gravité intéressait intimida habituée irritant "
     "fouillés inondaient méconnaissez intérieurement gangrenées justifie luoghi "
     "inscription jetèrent partit mourrais jouera laisserait munir illumination lambris "
     "intéressante légalité mangerai jolies impositions leviers"},
    {"german",
     "knechtisch immateriellen leisbewegte lehrer landsmannes kapitels fingerstellung "
     "gestaltet meistern klopfendem geschriebenen herablassend heiratete lebens manieren "
     "misshandeln ermahnungen getragene erwachenden nachhaltig geduldigen meisters "
     "frischduftende unabsehlich geeigneten kennst letztere kleinigkeit gutartige gruß "
     "katholischen jachsten"},
    {"greek",
     "κριτική κοσμικές κοπτικής κρυπτικό λιμενεργατών κριτικά εστιαστεί λαμπρός καχυποψία "
     "κυβερνητικούς κατασκοπείας λιτό κρυπτογραφικών λευκορωσικού ισοβαθμούν μεταβυζαντινά "
     "λαξευτοί μανιακού καταχωρημένο καταραμένη κινηματίες κεκλιμένα μαρκησίου κωμωδιών "
     "καταβαλλόταν κινητοποιήσει παρκ μαθητεία καταβεβλημένος καταλληλότητα κυνισμό "
     "κουφωμάτων"},
    {"hindi",
     "पूर्वभाग पकौड़ी पपीहा परिवेशों नामके पिकासो पृष्टभूमि पहनता परेशानियों नहरें पट्टू "
     "देसाई दौड़ने पलटना पिकाचु परम्पराओं पहुचती निकलकर पंखुड़ियाँ नीमराना पकड़ते पटरियां "
     "पकाने पतनी भागवत् पहुंचाया प्रक्रियाएं निभाता फ़्लाईबीई पिघलाकर डब्ल्यूटीए निभाते"},
    {"hungarian",
     "kultikus kormányfőt kérdezi konvertálása környékezte késtek komponisták klasszisok "
     "koncepciója kondultak költöztem kopogását kiállnak kinagyítattunk kérhetik késztermék "
     "készlet késznek kiválasztásra költségvetését késedelmesen kutattam konstrukciók "
     "kímélünk késlekedésre kommentárban kudarcom korlátozódhat kiáltozáson körben "
     "komfortosan lefoglaltuk"},
    {"indonesian",
     "lelang logisnya leksikografi magician lebihkan lukisannya lengkaplah mataharinya "
     "memaku kasihmu lainpun kapankah majikannya mulailah jadikanlah pikiranku negeriku "
     "dirinyalah berberapa didiagnosa didiagnosis digitalisasi direksi disain diskriminasi "
     "diskusikan distilasi distribusi suamimu sendiripun kesatriaan demikianlah"},
    {"irish",
     "inlao himeallach lásáladh hacfhuinneach líonáil infhaighteacht hollchomhlacht "
     "léighfeadh hinnealltóirí imrítear idéeolaíocht héagsúlachta láireoireachta "
     "hamscaíochta horgain láimhseáltar iníocht máirseálfaidh hathlamh háitreamh "
     "hoibríochta iompróimid loitfidh íochtaránaibh fuarnimh labhraimid hacadaimh innibh "
     "mionríomhaire hollscairtire macbhorgairí meabhraímid"},
    {"italian",
     "levi live malcontento lollobrigida jospin intarlato maturare lobotomia indisciplinata "
     "malandrinaccio individuati installate lusingano limitando meditava librettò longar "
     "nascere lambiccarsi immaginazione maggioritarie istituito precedendo mediocrità "
     "opporrà malamente piaceva matita mancavano leicestershire opprimono lascerà"},
    {"lithuanian",
     "nitrato neonas mišrų neseka neįtikėtiną musmirių nesukūrė mechanikai mikroskopijos "
     "narelis meškerės nuožmus nenormaliai oksidu naujakurio more nesėkmę netiesioginį "
     "norminius parvežti nokautais palydovui numeriu padaliniais molekules mezosferoje "
     "nežinomi metacritic pasikeitęs nacionalistams pasirašinėdavo muzikinėje"},
    {"nepali",
     "डङ्गुर जित्नु नास्नुहुन्छ नास्थ्यो थुन्ने पक्रनेछ पाउलान् तोड्दा झुल्कदै दुब्लाउछन् "
     "नास्थिन् दिनुहुनेछ फस्नुपर्छ पढ्छिन् पकाउथिस् पकाउछ्यौ धान्छेस् नास्थ्यौ बास्दैछन् "
     "क्षमताको ताप्दो निस्कनुभयो बगाउछ कोरियाले पुर्दैथिए नाच्यो बुन्दैथ्यो झुल्केको "
     "नाच्नुहोस् पकाउथी भित्र्याउनेछन् दिनेछु"},
    {"norwegian",
     "løysingsrett medlemsstyrte livrenter leven løyvet meldinga linjerederiene långjevarar "
     "lokaliseres lønns markerast nedenstående kvalifisert lóvane mektig konsekvens "
     "ivaretagelse orienterte nogjeldande miljømessige naturlig sannelig lemlestede livets "
     "nærhet personleg nordlige fratredelsen lovendringenes kontrakters opphavlege "
     "forstyrrelser"},
    {"porter",
     "litter leviathans laboursome leaned legendary lashing jackanapes labourer infection "
     "lovingness exultation mervailous logical housekeepers irreclaimable illiterate "
     "joviality lifelings inaugurated foundations paled piling incumbent lacqueys morally "
     "hysteric neglectful exterminations guildhall journeying inclusive extricating"},
    {"portuguese",
     "inexato israel individualiza inclemente indivíduos infinitas ilustres estimular "
     "estabilizado influencia estacionou estabilizada faltam estocados lamborghini "
     "explorando esperadas lever ganhem habilitação geraram frequentava falido fotográfica "
     "finasterida instâncias guaraná jornais impingir fotográfico fiquei intimidade"},
    {"romanian",
     "intra lanțuri leapadă leniniste humerala maicii marșul imputinare intersectat "
     "hărnicie meritatele marasmului inundată mînăstirile inspectarea noțiunea mișcărilor "
     "justificate implementez himeric lezați ideologică mucezit integrează legalizaţi "
     "lăfăiesc invenția isteţi ingerinţă mandatelor librărire intervocalice"},
    {"russian",
     "осмотр обробела описи одиночку обмороке неприятно непосильной нетрезвом оробевшая "
     "ответь непогоды перешептал повествовать непомерный опасение плодить поддерживала "
     "объятий оттеняет передушил непокладные неслышным непривычное немецкого обломками "
     "несносную подозрения подбежали отходит непримиримых олухов отступлю"},
    {"serbian",
     "kancelara kidanje karakteristici kamionu intonacijom materijalno kamatnih kamenitog "
     "letećim kamenitoj jednolikoj laicima idealizacijama obožavali obezbedila obećati "
     "ljubazan obavljale napuštam objavilo naginjanjem jednolikost nasmejemo legalizovano "
     "moderniji mnogobrojnije obavljaju napišite masnija jednodušan njuškaš impresionirao"},
    {"spanish",
     "injusticia inventario japon infame invasiones inmediatos interbancarias facturar "
     "externado favorezcan festejó interacción esperados fomentada estudiaron incrementen "
     "fumando felicitación entrelazadas insistía interponer facilitará excusarse impedido "
     "hirió hablaba inducir ganarán hablamos inmortalidad lucieron formaban"},
    {"swedish",
     "luftström ländska lönen lydde lånar misslyckade lögner lutans medlande marscbtakt "
     "malat lindad lintyget lyckas manskor milens linnes medborgare offentligt ofantliga "
     "nådig morgnarna nymodiga odräglig nödtorftigt myckenhet leksakerna lämnades niskorna "
     "onytta jämförelse lykttändaren"},
    {"tamil",
     "மரம் மரங்கள் மரத்தில் மரத்தை மரத்தின் வீடு வீடுகள் வீட்டில் வீட்டிற்கு வீட்டிலிருந்து "
     "பறவை பறவைகளை பறவைகளுக்கு வந்தான் வந்தார்கள் வருகிறேன் வருகிறார் வருவார்கள் செய்தது "
     "செய்கிறது செய்யும் செய்யாமல் செய்வதற்கு படித்த படிக்கின்றனர் படிப்பதில்லை நல்ல நன்மை "
     "நாடுகளின் நாட்டிலுள்ள மொழிகளில் மொழியும் தமிழகத்தின் அவருடைய அவர்களுடன் எங்கே அந்தப் "
     "இந்தக் பெரியது பெரியவர்கள்"},
    {"turkish",
     "kulacılık kocaman karakteri kuşadası kısalttılar karaveliler ları kapasiteleri "
     "kurtardığı haberciliği legolasa kullanılmamaya karşiliksuriye kokteylin listele "
     "konuşamadığını kınalıada kredide meydanlara kurallarını kpeşte kapasitelerini korkmam "
     "kırılganlıkta köylülerin götüreceğini kenanın kentleşmenin kentlere kayınpederini "
     "kızakların kurmaktan"},
    {"yiddish",
     "מהדר טכױרן יעדע יוגנטלעכער ליכט זוכנדיק זײגנדיקן זיכערנדיקס זיכערנדיקע לײענסט "
     "לינדערסטו טױשנדיקער יונגיטשקס טשוגונען מזיקל זעלטנהײטן טשעקענדיק ליבעבריװלעך לימענעס "
     "כיכענדיקן כיכענדיקס כיכענדיקע כרושטשענדיקער מילצעלע מײדעלעך לעקערס לענטע ליקװידירטער "
     "ישועות מחזורים לעקיש טיטולירטס"},
    /* clang-format on */
};

#endif
