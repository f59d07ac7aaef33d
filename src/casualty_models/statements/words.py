"""The words that are understood besides hedges, as plain tables.

Entries are separated by commas; case and accents do not matter. A word that stands in no table is
refused, so a table may grow, but only by words that cannot change what the number counts.
"""

from dataclasses import dataclass

SMALL_NUMBERS: dict[int, str] = {
    0: "no, none, nobody, no one, zero, nil, kein, keine, keinen, aucun, aucune, nessun, nessuno,"
    " nessuna, ninguno, ningún, ninguna, nenhum, nenhuma, geen, нет, ни одного",
    1: "one, ein, eine, einen, eins, un, une, una, uno, um, uma, een, один, одна, одного",
    2: "two, zwei, deux, due, dos, dois, duas, twee, два, две, двух",
    3: "three, drei, trois, tre, três, drie, три, трех",
    4: "four, vier, quatre, quattro, cuatro, quatro, четыре, четырех",
    5: "five, fünf, fuenf, cinq, cinque, cinco, vijf, пять, пяти",
    6: "six, sechs, sei, seis, zes, шесть, шести",
    7: "seven, sieben, sept, sette, siete, sete, zeven, семь, семи",
    8: "eight, acht, huit, otto, ocho, oito, восемь, восьми",
    9: "nine, neun, neuf, nueve, nove, negen, девять, девяти",
    10: "ten, zehn, dix, dieci, diez, dez, tien, десять, десяти",
    11: "eleven, elf, onze, undici",
    12: "twelve, zwölf, douze, dodici, doce, doze, twaalf",
    13: "thirteen",
    14: "fourteen",
    15: "fifteen",
    16: "sixteen",
    17: "seventeen",
    18: "eighteen",
    19: "nineteen",
    20: "twenty, zwanzig, vingt, venti, veinte, vinte, twintig, двадцать",
    30: "thirty, dreißig, trente, trenta, treinta, trinta, dertig, тридцать",
    40: "forty, vierzig, quarante, quaranta, cuarenta, quarenta, veertig, сорок",
    50: "fifty, fünfzig, cinquante, cinquanta, cincuenta, cinquenta, vijftig, пятьдесят",
    60: "sixty, sechzig, soixante, sessanta, sesenta, sessenta, zestig, шестьдесят",
    70: "seventy, siebzig, settanta, setenta, zeventig, семьдесят",
    80: "eighty, achtzig, ottanta, ochenta, oitenta, tachtig, восемьдесят",
    90: "ninety, neunzig, novanta, noventa, negentig, девяносто",
}

SCALES: dict[int, str] = {
    12: "dozen, dutzend, dozijn",
    20: "score",
    100: "hundred, hundert, cento, cien, cem, honderd, сто",
    1_000: "thousand, tausend, mille, mila, mil, duizend, tysiąc, tysiące, tysięcy, тысяча,"
    " тысячи, тысяч, тыс, тисяч",
    1_000_000: "million, millionen, milione, milioni, millón, millones, milhão, milhões, miljoen,"
    " миллион, миллиона, миллионов, млн",
}


@dataclass(frozen=True)
class Vague:
    """One row of `VAGUE`: words for a number that the author did not give.

    Parameters
    ----------
    lower, upper
        Central 90 % of what such words are taken to mean.
    words, source
        The words, separated by commas, and the evidence for the bounds.
    lower_times
        The lower bound in front of another number word ("several hundred"), if it differs.
    scale
        What the word multiplies by after a number ("two thousands"); 0 if it cannot follow one.
    """

    lower: int
    upper: int
    words: str
    source: str
    lower_times: int = 0
    scale: int = 0


VAGUE: tuple[Vague, ...] = (
    Vague(
        lower=3,
        upper=9,
        lower_times=2,
        words="several, mehrere, plusieurs, varios, varias, diversi, enkele,"
        " несколько, нескольких, kilka",
        source="judgement, log-normal (log 5, 0.35): more than two, so 3 heads but 200 to 900 in"
        " several hundred",
    ),
    Vague(
        lower=2,
        upper=7,
        words="a few, quelques, unos pocos, alguns, algumas",
        source="judgement, log-normal (log 4, 0.35)",
    ),
    Vague(
        lower=2,
        upper=3,
        words="a couple, a couple of",
        source="judgement: two, or loosely three",
    ),
    Vague(
        lower=13,
        upper=69,
        scale=10,
        words="tens, dizaines, decine, decenas, dezenas, tientallen, десятки, десятков",
        source="a tenth of hundreds",
    ),
    Vague(
        lower=19,
        upper=84,
        scale=12,
        words="dozens, dutzende, dozzine, docenas, dúzias",
        source="judgement, log-normal (log 40, 0.45)",
    ),
    Vague(
        lower=28,
        upper=126,
        scale=20,
        words="scores",
        source="judgement, log-normal (log 60, 0.45)",
    ),
    Vague(
        lower=131,
        upper=683,
        scale=100,
        words="hundreds, hunderte, centaines, centinaia, cientos, centenares, centenas,"
        " honderden, setki, сотни, сотен",
        source="judgement, log-normal (log 300, 0.5)",
    ),
    Vague(
        lower=1_310,
        upper=6_830,
        scale=1_000,
        words="thousands, tausende, milliers, migliaia, miles, milhares, duizenden",
        source="ten times hundreds",
    ),
    Vague(
        lower=1_310_000,
        upper=6_830_000,
        scale=1_000_000,
        words="millions",
        source="a thousand times thousands",
    ),
)

# A number, one of these, a number: a range. "and" joins only after its opening word.
RANGE_JOINTS = "to, till, until, or, -, bis, oder, à, o, ou, tot, до, или, do"
RANGE_OPENERS: dict[str, str] = {
    "between, zwischen, entre, tra, fra, tussen, между": "and, und, et, y, e, en, и",
    "from, от": "to, до",
}

# Whom the number counts. A remark in brackets may name nobody whom the statement does not name.
SUBJECTS: tuple[str, ...] = (
    # people
    """people, person, persons, others, other, civilians, civilian, women, woman, men, man,
    children, child, soldiers, soldier, troops, police, policemen, policeman, police officers,
    officers, officer, security forces, protesters, demonstrators, migrants, hostages, passengers,
    residents, villagers, refugees, tourists, pilgrims, workers, miners, students, patients,
    inmates, prisoners, fighters, militants, rebels, gunmen, victims, victim, martyrs, survivors,
    personnel, staff, bodies, body, corpses""",
    # fates
    """dead, deaths, death, die, died, kill, kills, killed, killing, fatalities, fatality, murdered,
    lost their lives, lives lost, passed away, perished, drowned, buried, casualties, wounded,
    injured, injuries, injuring, injures, hurt, missing, missing-person reports, unaccounted for,
    untraceable, trapped, hospitalised, hospitalized, in hospital, in hospitals, to hospital,
    to the hospital, taken to hospital, taken to the hospital, admitted, sought care, being treated,
    treated in hospital, being treated in hospital""",
    # other languages
    """menschen, personen, opfer, tote, toten, verletzte, verletzten, vermisste, vermissten,
    betroffene, getötet, personnes, victimes, morts, blessés, disparus, persone, altri, vittime,
    morti, feriti, disperso, dispersi, ricoverati, in ospedale, in ospedali, persona, personas,
    otros, otras, víctimas, policías, bajas, muertos, murieron, fallecidos, heridos, desaparecidos,
    desaparecidas, desparecidos, pessoa, pessoas, outros, outras, vítimas, mortos, feridos, feridas,
    óbitos, perderam a vida, mensen, slachtoffers, doden, gewonden, skadde, døde, orang, tewas,
    человек, человека, людей, женщин, детей, погибших, убитых, раненых""",
)

# Words around a number that leave it as it is.
FILLERS: tuple[str, ...] = (
    # what the count is doing, and who says so
    """is, are, was, were, be, been, being, has, have, had, remain, remains, remained, stand,
    stands, stood, stays, stayed, reach, reaches, reached, reaching, hit, hits, touch, at, put,
    puts, total, totals, totaled, totalled, totaling, totalling, count, counted, toll, figure,
    figures, number, tally, tallied, list, latest, final, official, officially, report, reports,
    reported, recorded, registered, documented, confirm, confirms, confirmed, known, identified,
    verified, announced, said, claim, claimed, estimate, estimates, estimated, believed, feared,
    presumed, thought, found, recovered, collected, retrieved, referred, headline, ballpark figure,
    refined data""",
    # small words
    """a, an, the, of, for, as, in all, in the, be in, it, that, there, their, this, we, we're, i,
    who, which, himself, talking about, to be, to have, so far, to date, now, still, already,
    currently, all, just, only, slightly, well, even, anywhere, another, further, additional,
    newly, seriously, severely, critically, and, or""",
    # how sure
    """may, might, could, can, would, will, must, perhaps, possibly, potentially, probably, likely,
    apparently, reportedly, allegedly, almost certain, almost certainly, provisional,
    provisionally, preliminary, initial, initially, unconfirmed, eventually""",
    # remarks
    """still counting, not final, may not be final, not definitive, go up, up at, very fluid,
    more deaths not excluded, estimate maintained, initial reports, reported next day,
    reported earlier, on the streets, in one cemetery, in a stampede, in the whole country,
    arabic text, icelandic text, today, yesterday, monday, till monday, tuesday, wednesday,
    thursday, friday, saturday, sunday""",
    # German, Dutch, Scandinavian
    """auf, ist, sind, waren, wurden, insgesamt, bestätigt, der, den, von, und, oder, en, het, van,
    og, och""",
    # French, Italian
    """le, les, la, du, de, des, est, sont, et, ou, il, lo, gli, è, sono, accertati, o,
    ma il bilancio non è definitivo""",
    # Spanish, Portuguese
    """el, los, las, que, se, han, hay, hoy, y, están, siguen, ser, serían, suman, podría, estima,
    llegó, llega, cifró, os, do, da, em, há, já, chegou, chega, permanecem, ficaram, gravemente""",
    # Russian, Ukrainian
    """и, или, может, могут, достигло, достигать, составило""",
)

# Verbs of change, by the words after them with which they name a level, not the change itself.
MOTIONS: dict[str, str] = {
    "to": """rise, rises, rose, risen, rising, climb, climbs, climbed, increase, increases,
    increased, grow, grows, grew, grown, jump, jumps, jumped, soar, soars, soared, surge, surges,
    surged, crept up, revised, revised up, revised upwards, revised down, revised downwards,
    lowered, raised""",
    "a, para, hasta": """salito, ascendió, ascendió hoy, ascendido, ascender, asciende, aumentado,
    disminuido, subió, elevó, subiu, aumentou""",
    "auf, til": "gestiegen, steget",
    "до": "возросло, увеличилось, збільшилось",
}
CHANGE_WORDS = "from, by, of"  # with these they name the change
OF_IN_NUMBERS = "of, de, di, van"  # tens of thousands, a couple of hundred
LEADS = "to, para"  # fit before a number only; after one they would leave a range half open
PUNCTUATION = ". ; : ! ? ... … ' \""  # and the comma, which separates entries here

NOT_A_COUNT: dict[str, str] = {
    "a percentage": "%, percent, per cent, prozent, por ciento, por cento, procent, процентов",
    "a share or a multiple": "half, third, thirds, quarter, quarters, double, twice, times, fold,"
    " multiply",
    "an age or a span of time": "year, years, aged, old, month, months, week, weeks, day, days,"
    " hour, hours, minutes",
    "a part of another number, or an addition to it": "including, plus, with, besides, among",
    "a negation": "not, never, without",
}
