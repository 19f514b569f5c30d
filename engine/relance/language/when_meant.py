"""What an author meant by a date or a length of time that is none: `30 jours ouvrés après l'échéance`, `dès le rejet du prélèvement`, `15 jours à compter de la présentation`.

Each function reads what was written and returns what the language says for it, or None where that cannot be told: no anchor is
made up that neither the language nor the steps of the file have.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

from relance.language import phrases
from relance.language.phrases import UNITS
from relance.language.vocabulary import folded, in_figures, known, meant, numbers
from relance.model import INVOICE_ANCHORS, WORLD_ANCHORS, TimeUnit
from relance.sentences import sentence

_ID = r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
#: A date as the language writes it.
SHORT = re.compile(r"J(?: *([+-]) *(\d{1,4}))?(?: *(, *end of month))?")
ANCHORED = re.compile(rf"({_ID}(?:\.[a-z_]+)?)(?:(?: *(\+) *| +(-) *)(\d{{1,4}}) *([a-z]+(?: +[a-z]+)?))?(?: *(, *end of month))?")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
#: An `at` as people write it: an anchor, perhaps a sign, a number and a unit, perhaps the end of the month.
_LOOSE = re.compile(r"([^\d+-][^+]*?)(?: *([+-]) *(\d{1,4}) *([^\W\d_][^\d+,-]*?)??)?(?: *,? *(end of month|fin de mois))?")
#: The same the other way round: a number, a unit, after or before, an anchor.
_TURNED = re.compile(r"(\d{1,4}) *([^\W\d_][^\d]*?) +(après|apres|avant|after|before|à compter de|depuis|from) *(?:l'|l’|les? |la |the )?(\S.*)")
#: The day before or after something: `veille de l'échéance`, `le lendemain du rappel`.
_EVE = re.compile(r"(?:le |la |au |à la |dès le )?(?:(?P<eve>veille)|(?P<later>sur)?lendemain) (?:de la |de l'|de l’|du |de |d')(?P<of>.+)")
#: The end of the time that a step grants: `mise-en-demeure.échéance`, `fin du délai de la mise en demeure + 3 jours`.
_DEADLINE = re.compile(r"([a-z0-9-]+)\.(?:échéance|echeance|délai|delai|date limite|limite|terme|fin)(?=$| *[+-])")
_OF_DEADLINE = re.compile(r"(?:(?:à |a )?(?:l'|la )?(?:fin|expiration|terme|issue) +(?:du |des )?)?délais? +(?:accordés? +)?(?:par |de |du |à )(?:la |l'|le )?([^+]+?)( *[+-] *\d.*)?$")
#: Signs that look like plus and minus, and spaces that do not break.
_SIGNS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2014": "-", "\u2011": "-", "\u2010": "-", "\uff0b": "+", "\u00a0": " ", "\u202f": " "})
#: Letters that look like figures.
_AS_FIGURES = str.maketrans({"O": "0", "o": "0", "I": "1", "l": "1"})
#: An hour behind a date.
_HOUR = re.compile(r",? *(?:à|vers|at|@)? +\d{1,2} *(?:h(?: *\d\d)?|:\d\d|heures?(?: *\d\d)?)$", re.IGNORECASE)
_UNIT = r"(?:business|working) days?|(?:jours?|jrs?|j)\b\.?(?: *(?:ouvr\w+|calendaires?|francs?))?|jo|ouvr\w+|semaines?|sem|mois|huitaines?|quinzaines?|trimestres?|annees?|ans?|heures?|h|days?\b(?: *ouvr\w+)?|weeks?|months?"
#: A number of days and such, with its sign; never the number of a name, `relance-1`.
_LENGTH = re.compile(rf"(?:(?<=\bj)|(?<![\w.,/-])) *(?P<sign>[+-])? *(?P<number>\d{{1,4}})(?P<part>[.,]\d+)? *(?P<unit>{_UNIT})?(?!\w)")
#: Words that say neither what is counted nor from where.
_NOISE = re.compile(r"\b(?:les?|la|un|une|du|de|des|aux?|a|apres|after|suivante?s?|depuis|compter|partir|dans|sous|environ|calendaires?|plus tard|jours?|soit|en cas|lors|ensuite|maximum|max|dates?)\b|\b[ld]'|[.,;:«»\"]")
#: The first letters of an ordinal → its figure.
_ORDINALS = {"pre": "1", "1er": "1", "sec": "2", "deu": "2", "2e": "2", "2em": "2", "tro": "3", "3e": "3", "3em": "3"}
_BEFORE = re.compile(r"\b(?:avant|before|veille)\b")
_DENIES = re.compile(r"\b(?:pas|sans|non|ni|sauf|hors|aucune?|jamais|si|ou|et|not|without|or|and|defaut|faute|absence|manque|limite|attendue?s?|prevue?s?|promise?|demandee?s?)\b")
#: What a step brought: nothing. It is the step all the same.
_IN_VAIN = re.compile(r"\b(?:restee?s? |demeuree?s? )?(?:sans (?:effet|suite|reponse|retour)|infructueuse?s?|vaine?s?|impayee?s?|envoyee?s?|partie?s?)\b")
#: What comes in is the thing, not its coming: `réception de l'opposition`.
_RECEIPT = re.compile(r"\b(?:reception|arrivee|prise de connaissance|connaissance|notification) (?:d[eu]s? )?(?:la |l')?(?=opposition|ordonnance|signification|requete|refus|rejet|reglement|paiement|virement|promesse)")
#: Nothing came: `à défaut de règlement sous 8 jours`.
_NOTHING_CAME = re.compile(r"(?:a defaut|faute|en l'absence|en absence|absence|sans|si (?:aucun|pas|non)|toujours pas|non) (?:de |d'|du |aucun )?(?:paiement|reglement|versement|virement|paye|regle)\w*\b")
#: A day of the week behind a date: `J+30 le lundi suivant`.
_WEEKDAY_BEHIND = re.compile(r",? *\(?(?:puis |et )?(?:le |au |un |du )?(?:premier |prochain |1er )?(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)s?(?: suivant| qui suit| prochain| uniquement| seulement)?\)?$", re.IGNORECASE)


def rewritten(text: str) -> str | None:
    """Write an `at` again in the words of the language, where an author took others; None where that makes no date."""
    plain = " ".join(in_figures(re.sub(r"^(?:à|a|au|dès|le|from|at) +(?=[JjDd]\b)", "", text.translate(_SIGNS).strip())).split())
    plain = re.sub(r"^\+? *(\d+) *([+-]) *([JjDd])$", r"\3+\1", plain)
    plain = re.sub(r"^([JjDd]) *([+-]) *(?=[\dOoIl]*\d)([\dOoIl]+)$", lambda found: found[1] + found[2] + found[3].translate(_AS_FIGURES), plain)
    plain = re.sub(r"^([JjDd])(?:[ +/:=]*| *-+ *(-))(?=\d)", lambda found: f"{found[1]}{found[2] or '+'}", plain)
    plain = re.sub(r"^([SsMm]) *\+ *(\d+)$", lambda found: f"due + {found[2]} {'weeks' if found[1] in 'Ss' else 'months'}", plain)
    plain = _DEADLINE.sub(r"\1.deadline", _OF_DEADLINE.sub(lambda found: f"{folded(found[1]).replace(' ', '-')}.deadline{found[2] or ''}", plain))
    plain = re.sub(r"(?<=\s)(plus|moins|[+-]) +([a-z-]+)$", lambda found: f"{found[1]} {numbers().get(folded(found[2]), found[2])}", plain)
    plain = re.sub(r"\b(plus|moins)\b(?= *\d)", lambda found: "+" if found[1] == "plus" else "-", plain)
    if (behind := re.fullmatch(r"(?:juste )?(?:après|apres|after|à la suite de|suite à) +(?:la |le |l'|l’|les )?([^+\d]+?(?:-\d+)?)", plain)) is not None:
        plain = f"{behind[1]} + 1 jour"
    if re.match(r"(?:juste )?(?:avant|before) ", plain):
        return None
    plain = _EVE.sub(lambda found: f"{2 if found['later'] else 1} jour {'avant' if found['eve'] else 'après'} {found['of']}", plain)
    if (turned := _TURNED.fullmatch(plain)) is not None:
        sign_ = "-" if turned[3] in {"avant", "before"} else "+"
        plain = f"{turned[4]} {sign_} {turned[1]} {turned[2]}"
    found = _LOOSE.fullmatch(plain)
    if found is None:
        return None
    anchor, sign, number, kind, end = found.groups()
    if anchor in {"J", "j", "D", "d"}:
        kind = None if kind and UNITS.get(meant(kind, UNITS) or "") is TimeUnit.DAY else kind
        anchor = "due" if kind else "J"
    elif re.fullmatch(rf"{_ID}(\.deadline)?", anchor) is None:
        anchor = _anchor_meant(anchor) or (folded(anchor).replace(" ", "-") if number and not re.search(r" (?:(?:du|de|des) |d')", anchor) else "")
    span = phrases.span_meant(int(number), kind) if number and kind else None
    number, unit_ = span.split() if span else (number, meant(kind, UNITS) if kind else "days" if number else None)
    if number and anchor != "J" and unit_ is None:
        return None
    unit_ = unit_.removesuffix("s") if unit_ and number == "1" else unit_
    distance = "" if number is None else f"{sign}{number}" if anchor == "J" else f" {sign} {number} {unit_}"
    written = f"{anchor}{distance}{', end of month' if end else ''}"
    good = SHORT.fullmatch(written) or re.fullmatch(rf"({_ID}|{'|'.join(map(re.escape, WORLD_ANCHORS))})(\.deadline)?( [+-] .*)?(, end of month)?", written)
    return written if good and written != text and (len(anchor) > 1 or anchor == "J") else None


def _anchor_meant(text: str) -> str | None:
    """Return the anchor that a phrase means, or what it says of another thing does: `mise en demeure présentée` is `letter.presented`."""
    among = (*INVOICE_ANCHORS, "previous", *WORLD_ANCHORS)
    if (whole := meant(text, among)) is not None:
        return whole
    words = folded(text).split()
    if _DENIES.search(folded(text)):
        return None
    words = _RECEIPT.sub("", " ".join(words)).split()
    return _event_of(sorted(((end - start, -start, " ".join(words[start:end])) for start in range(len(words)) for end in range(start + 1, len(words) + 1)), reverse=True))


def _event_of(runs: Iterable[tuple[int, int, str]]) -> str | None:
    """Return the one event that the longest run of words names; None where as long a run names another."""
    found = [(length, word) for length, _, run in runs for word in known(run) or () if word in WORLD_ANCHORS]
    longest = {word for length, word in found if length == found[0][0]}
    return longest.pop() if len(longest) == 1 else None


def no_date(text: str, steps: Collection[str] | None = None) -> str:
    """Say of a text that is no date what to write; `steps` are the names of a playbook's steps, None where others may be meant."""
    again = rewritten(text)
    if DAY.fullmatch(text) is None and phrases.day_of_year_meant(text) is not None:
        return sentence('"{text}" is a day of the calendar, and no date that a step counts from: write how long after the invoice or another step, such as "J+14"', text=text)
    if DAY.fullmatch(text):
        return sentence('"{text}" is a day of the calendar; a step counts from the invoice or from another step, such as "J+14"', text=text)
    if (each := re.match(r"(?:tous les|toutes les|chaque|every) +", text, re.IGNORECASE)) is not None and (length := length_of(text) or length_of(f"1 {text[each.end() :]}")) is not None:
        begun = _read(text[each.end() :], steps) or "J+14"
        return sentence('"{text}" is no date; write when to begin, such as "{first}", and `repeat: {{every: {span}, times: 3}}` beside it', text=text, first=begun, span=phrases.counted_span(*length))
    if (span_left := length_of(text)) is not None and re.search(r"\b(?:prescription|forclusion|prescrit\w*)\b", _plain(text)):
        return sentence('"{text}" is no date: no step counts from the limitation; write when to begin, such as "J+30", and `if: {{limitation_within: {span}}}` beside it', text=text, span=phrases.counted_span(*span_left))
    if again is not None and any(mark in text for mark in "\u2010\u2011"):
        return sentence('"{text}" is no date: its hyphen is one that does not break; write "{again}"', text=text, again=again)
    if "ouvrable" in text and (business := _read(re.sub(r"\([^)]*\)", "", text), steps)) is not None:
        known_ = sentence('from Monday to Friday they are business days: write "{span}"; Saturdays count where the calendar has `weekend: [sunday]`', span=business)
        return sentence('"{text}" is no date; {known}', text=text, known=known_)
    if again is not None and _counts_from(again, steps):
        return sentence('"{text}" is no date; write "{again}"', text=text, again=again)
    if (found := re.fullmatch(rf"({_ID})-(\d+) *([a-z ]+)", text)) is not None:
        return sentence('"{text}" is no date; put spaces around the sign: "{anchor} - {number} {unit}"', text=text, anchor=found[1], number=found[2], unit=found[3])
    if re.match(r"[+-]? *\d", text) and (read := _read(text, steps)) is not None:
        return sentence('"{text}" is no date; write "{again}"', text=text, again=read)
    if re.fullmatch(r"[+-]? *\d+ *[^\W\d_]*(?: [^\W\d_]+)*\.?", text) and not re.search(r"\b(?:après|apres|avant|depuis|suivant|à compter|from|after|before)\b", text):
        distance, length = text.lstrip("+- "), length_of(text)
        distance = phrases.counted_span(*length) if length is not None else (rewritten(f"due + {distance}") or f"due + {distance}").removeprefix("due + ")
        if length is not None and re.search(r"\b(?:fdm|fin de mois|end of month)\b", text, re.IGNORECASE):
            distance = f"{distance}, end of month"
        return sentence('"{text}" does not say from when to count; write for example "due + {distance}" or "previous + {distance}"', text=text, distance=distance)
    if (behind := _WEEKDAY_BEHIND.search(text)) is not None and (first_day := _date_of(text[: behind.start()], steps)) is not None:
        weekday = next(day for word in re.findall(r"[^\W\d_]+", behind[0]) if (day := meant(word.removesuffix("s"), phrases.WEEK)))
        return sentence('"{text}" is no date; write "{again}", and `weekdays: [{day}]` beside it', text=text, again=first_day, day=weekday)
    if _NOTHING_CAME.search(_plain(text)) is not None:
        wait = length_of(text) or (8, "day")
        return sentence('"{text}" is no date; every step leaves only while the invoice is unpaid: write how long after the step above, "previous + {span}"', text=text, span=phrases.counted_span(*wait))
    if (month_of := re.fullmatch(r"(?:le |au |a la |en )?(?:dernier jour|fin) (?:du|de) mois (?:de |d')(?:la |l')?(.+)", _plain(text))) is not None and (of := _anchor_in(month_of[1], steps)) is not None:
        return sentence('"{text}" is no date; write "{again}"', text=text, again=f"{of}, end of month")
    if (span_ := re.fullmatch(r"(?:entre|de|between|from) +(.+?) +(?:et|à|a|and|to) +(.+)", text)) is not None and (since := SHORT.fullmatch(span_[1])) is not None and (last := SHORT.fullmatch(span_[2])) is not None:
        room = int(f"{last[1] or ''}{last[2] or 0}") - int(f"{since[1] or ''}{since[2] or 0}") + 1
        if room > 1:
            return sentence('"{text}" are two dates; write the first, "{first}", and `expires: {span}` beside it where it must not leave later', text=text, first=span_[1], span=phrases.counted_span(room, "day"))
    if (said := phrases.of_at(text)) is not None:
        return said
    if (told := re.fullmatch(r"(.+?),? (?:si|if|sauf|quand|lorsque|à condition) .+", text)) is not None and (day_only := _dated(told[1])) is not None and _counts_from(day_only, steps):
        return sentence('"{text}" is no date; write "{again}", and the condition under `if`', text=text, again=day_only)
    if (both := re.fullmatch(r"(.+?)(?: (?:et|and|puis|then) |, ?|; ?)(?:à |au |le |a )?(.+)", text)) is not None and (first := _dated(both[1])) is not None and (second := _dated(both[2])) is not None:
        return sentence('"{text}" are two dates; a step has one: write {first}, and a step of its own for {second}', text=text, first=first, second=second)
    if (two := re.fullmatch(r"(.+?) (?:ou|or|sinon) (?:à |au |le )?(.+)", text)) is not None and (first := _dated(two[1])) is not None and (second := _dated(two[2])) is not None:
        return sentence('"{text}" are two dates; for the earlier of them write `at: {first}` and `or_at: {second}`', text=text, first=first, second=second)
    if (unit_ := re.search(r"\(([^()\d]+)\)", text)) is not None and UNITS.get(meant(unit_[1], UNITS) or "") is not None and (opened := rewritten(re.sub(r"[()]", " ", text))) is not None:
        return sentence('"{text}" is no date; write "{again}"', text=text, again=opened)
    if (bare := re.split(r"\s*(?://|--|;|\(|#)", text)[0].strip()) != text and (remarked := _dated(bare)) is not None:
        return sentence('"{text}" is no date; a remark stands behind "#": write {again}', text=text, again=remarked)
    if (tenth := re.search(r",? *(?:,|et)? *le \d{1,2}(?: du mois)?$", text)) is not None and (whole := _dated(text[: tenth.start()]) or rewritten(f"due + {text[: tenth.start()]}")) is not None:
        return sentence('"{text}" is no date; no step falls on a day of the month: write "{again}"', text=text, again=whole)
    if (hour := _HOUR.search(text)) is not None and (day_alone := _dated(text[: hour.start()])) is not None:
        return sentence('"{text}" is no date: a step falls on a day, at no hour; write "{again}"', text=text, again=day_alone)
    if (read := _read(re.sub(r"\([^)]*\)", "", text), steps)) is not None:
        return sentence('"{text}" is no date; write "{again}"', text=text, again=read)
    if (alone := length_of(text)) is not None:
        return sentence('"{text}" does not say from when to count; write for example "due + {distance}" or "previous + {distance}"', text=text, distance=phrases.counted_span(*alone))
    return sentence('"{text}" is no date; write an anchor and a distance, such as "J+14", "due - 7 days" or "relance-1 + 5 business days"', text=text)


def _date_of(text: str, steps: Collection[str] | None) -> str | None:
    """Return the `at` that a part of a phrase is or means, where what it counts from is there."""
    found = _dated(text) or _read(text, steps)
    return found if found is not None and _counts_from(found, steps) else None


def _dated(text: str) -> str | None:
    """Return an `at` where a text is one, or the one that it means."""
    return text if SHORT.fullmatch(text) or ANCHORED.fullmatch(text) else rewritten(text)


def _counts_from(date: str, steps: Collection[str] | None) -> bool:
    """Say whether a date counts from something that is there: an anchor of the language, or a step of the file."""
    anchor = re.split(r"[ ,]| *\+", date)[0].removesuffix(".deadline")
    return steps is None or SHORT.fullmatch(date) is not None or anchor in {*INVOICE_ANCHORS, *WORLD_ANCHORS, "previous", *steps}


def _plain(text: str) -> str:
    """Write a text small and without accents, its signs common ones, and numbers in figures where a unit stands behind them."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text.translate(_SIGNS)) if not unicodedata.combining(letter))
    plain = re.sub(r"\b[^\W\d]+(?:-[^\W\d]+)* *\((\d+)\)", r"\1", " ".join(bare.lower().replace("’", "'").split()))  # quinze (15) jours
    words = "|".join(sorted((re.escape(each).replace("\\ ", "[ -]") for each in numbers()), key=len, reverse=True))
    return re.sub(rf"\b({words})(?= (?:{_UNIT})\b)", lambda found: numbers()[folded(found[1])], plain)


def _span(found: re.Match[str]) -> tuple[int, str]:
    """Return the number and the unit of a length, in the words of the language."""
    number, unit = int(found["number"]) + bool(found["part"]), found["unit"] or "jours"
    if (other := phrases.span_meant(number, unit)) is not None:
        count, _, kind = other.partition(" ")
        return int(count), kind.removesuffix("s")
    if re.search(r"ouvr|^jo$|business|working", unit):
        return number, "business day"
    if "franc" in unit:
        return number + 1, "day"
    return number, "week" if unit[:3] in {"sem", "wee"} else "month" if unit[:3] in {"moi", "mon"} else "day"


def length_of(text: str) -> tuple[int, str] | None:
    """Return the one length that a phrase has, as number and unit: `15 days ouvrés`, `15 jours à compter de la présentation`."""
    lengths = [found for found in _LENGTH.finditer(_plain(text)) if found["unit"] and found["sign"] is None]
    return _span(lengths[0]) if len(lengths) == 1 and not re.search(r"\b(?:heures?|h|ans?|annees?)\b", lengths[0]["unit"]) else None


def _read(text: str, steps: Collection[str] | None) -> str | None:
    """Read a phrase as one length, before or after, and what it is counted from."""
    plain = re.sub(r"^jo *(?=[+-])(.*)", r"j\1 jours ouvres", _plain(text))
    lengths = [found for found in _LENGTH.finditer(plain) if found["unit"] or found["sign"]]
    if len(lengths) > 1 or (_BEFORE.search(plain) and not lengths):
        return None
    rest = f"{plain[: lengths[0].start()]} {plain[lengths[0].end() :]}" if lengths else plain
    month_end = re.search(r",? *(?:fin (?:de|du) mois|end of month)", rest)
    rest = (rest.replace(month_end[0], " ") if month_end else rest).strip()
    before = bool(_BEFORE.search(rest)) or bool(lengths and lengths[0]["sign"] == "-")
    anchor = _anchor_in(_BEFORE.sub(" ", rest).strip(), steps)
    if anchor is None or (before and anchor not in INVOICE_ANCHORS):
        return None
    end = ", end of month" if month_end else ""
    if not lengths or (anchor.endswith(".deadline") and not lengths[0]["sign"] and not re.search(r"\b(?:apres|plus tard|suivant|after|later)\b", plain)):
        return f"{anchor}{end}"  # how long the time is says the step that grants it
    number, unit = _span(lengths[0])
    sign = "-" if before else "+"
    return f"J{sign}{number}{end}" if (anchor, unit) == ("due", "day") else f"{anchor} {sign} {phrases.counted_span(number, unit)}{end}"


def _anchor_in(phrase: str, steps: Collection[str] | None) -> str | None:
    """Return the anchor that a phrase names: one of the language or an event before a step, the end of a step's time before the step."""
    bare = " ".join(_NOISE.sub(" ", phrase).split())
    if bare in {"j", "d"}:
        return "due"
    if (meant(bare, INVOICE_ANCHORS) is None and re.search(r"\bdelais?\b|\bdeadline\b|\bdate limite\b(?! d[eu]s? (?:paiement|reglement))", phrase)) or (re.match(r"(?:l')?(?:fin|expiration|terme|echeance|issue) (?:de la|du|de l'|de)\b", phrase) and step_in(bare.partition(" ")[2], steps)):
        named = step_in(" ".join(re.sub(r"\b(?:fin|expiration|terme|echeance|issue|delais?|deadline|limite|accorde|par)\b", " ", bare).split()), steps)
        named = named or next((step for step in steps or () if "demeure" in step), None)
        return None if named is None else f"{named}.deadline"
    anchors = (*INVOICE_ANCHORS, "previous", *WORLD_ANCHORS)
    if re.search(r"\bdate limite d[eu]s? (?:paiement|reglement)", phrase):
        return "due"
    for whole in (phrase, bare):
        if whole and (found := meant(whole, anchors)) is not None:
            return found
    if (vain := _IN_VAIN.sub("", bare).strip()) != bare and (tried := step_in(vain, steps)) is not None:
        return tried
    if _DENIES.search(bare):
        return None
    words = _RECEIPT.sub("", bare).split()
    runs = sorted(((end - start, -start, " ".join(words[start:end])) for start in range(len(words)) for end in range(start + 1, len(words) + 1)), reverse=True)
    event = _event_of(runs)
    step = step_in(bare, steps)
    return event or step or next((word for _, _, run in runs for word in known(run) or () if word in anchors), None)


def step_in(phrase: str, steps: Collection[str] | None) -> str | None:
    """Return the step that a phrase names, by its name within it or spelt nearly so, of the same number."""
    asked = re.sub(r"\b(premiere?|1ere?|seconde?|deuxieme|2e(?:me)?|troisieme|3e(?:me)?) (\w+)", lambda found: f"{found[2]} {_ORDINALS[found[1][:3]]}", folded(phrase))
    named = [step for step in sorted(steps or (), key=len, reverse=True) if re.search(rf"\b{re.escape(folded(step))}\b", asked) or " ".join(_NOISE.sub(" ", folded(step)).split()) == asked]
    alike = [step for step in steps or () if re.findall(r"\d+", step) == re.findall(r"\d+", asked)]
    return named[0] if named else meant(asked, alike) if asked and alike else None
