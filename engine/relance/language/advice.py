"""Ways out for what no single word of the language says: a habit of other tools, a range of days, an hour with its letter.

Each function reads what an author wrote and returns what to write, or None where that cannot be told. A sentence stands here for
words that people look for and that the language has no word for, because it says them otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from relance.language.vocabulary import folded, in_figures, known, meant
from relance.model import CONTACT_CHANNELS
from relance.sentences import Phrase, joined, marked, sentence

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre", "novembre", "decembre")
#: Feasts that fall on the same day each year.
_FEASTS = {"noel": "12-25", "jour de noel": "12-25", "jour de l'an": "01-01", "nouvel an": "01-01", "toussaint": "11-01", "assomption": "08-15", "fete nationale": "07-14", "fete du travail": "05-01", "armistice": "11-11"}
#: What parts the words of a list that was written as one text.
_LISTED = re.compile(r"\s*[,;/+&]\s*|\s+(?:et|and|puis)\s+")
#: What to do instead, and the words that ask for it.
_INSTEAD: tuple[tuple[str, tuple[str, ...]], ...] = (
    (marked("several keys in one mapping hold together: write them side by side, without this one"), ("et", "and", "all_of", "toutes", "tous", "allof", "et_si", "ainsi que")),
    (marked("for one or the other write any_of: [{{…}}, {{…}}]"), ("ou", "or", "soit", "une_de", "un parmi", "ou bien")),
    (marked("write both bounds side by side: {{at_least: …, at_most: …}}"), ("entre", "between", "compris entre", "de…à", "intervalle", "plage")),
    (marked('write "if: {{not: {{…}}}}"'), ("sauf", "sauf si", "unless", "excepté", "sinon", "si pas", "hors", "à moins que")),
    (marked('a remark stands behind "#", or in "description"'), ("remarque", "remarques", "note", "notes", "commentaire", "commentaires", "comment", "observations", "observation", "mémo", "auteur", "author", "date", "mise à jour", "rédigé par", "validé par")),
    (marked("the principal is always asked: leave it out"), ("principal", "le principal", "capital", "montant", "montant dû", "la facture", "solde")),
    (marked("only what is owed by law or by contract is claimed here; the rest is for a court: leave it out"), ("dommages et intérêts", "dommages intérêts", "frais", "frais de relance", "frais de recouvrement", "frais de dossier", "frais de gestion", "honoraires", "article 700", "dépens", "frais d'avocat", "frais d'huissier")),
    (marked('what is written stands in a wording: name it by "template", or give it the name of the step'), ("texte", "message", "corps", "contenu", "body", "sujet", "subject", "objet du mail", "modèle de lettre", "pièce jointe", "pièces jointes")),
    (marked("who receives it follows from the channel and the case: leave it out"), ("destinataire", "à qui", "adresse", "email du client", "téléphone du client", "copie", "cc", "cci", "bcc")),
    (marked('a rule without "if" takes all that is left: write it last'), ("défaut", "par défaut", "default", "autres", "autre", "le reste")),
    (marked("who approves is named in relance.yaml, under `approvals`: write required, or {{by: 2}} for two people"), ("directeur", "le directeur", "direction", "gérant", "responsable", "manager", "comptable", "avocat", "associé", "chef", "daf", "dg", "pdg", "président", "présidente", "gérante", "directrice")),
    (marked('a settlement is the share that is paid: for 30 % off write settlement: "70"'), ("remise", "remise de dette", "remise accordée", "rabais", "réduction", "ristourne", "abandon", "abandon partiel", "décote", "discount")),
    (marked('closed days of every year are `pauses`, under "calendar"'), ("congés", "vacances", "fermeture", "fermeture annuelle", "trêve")),
    (marked('a step stands where its "at" puts it, and the steps in their order: leave it out'), ("ordre", "order", "numéro", "rang", "niveau", "level", "étape suivante", "suivante", "next", "précédente")),
)  # fmt: skip


@lru_cache(maxsize=1)
def _table() -> Mapping[str, str]:
    return {folded(word): template for template, words in _INSTEAD for word in words}


def said_instead(written: str) -> Phrase | None:
    """Return what to do instead of a key or a word that the language says otherwise."""
    found = _table().get(folded(str(written)))
    return None if found is None else Phrase(found, {})


def week_range(text: str) -> tuple[str, ...] | None:
    """Return the days of `lundi-vendredi`, `du lundi au vendredi`, `lun. à ven.`, and of `sauf le vendredi` what is left from Monday to Friday."""
    if (but := re.fullmatch(r"(?:tous les jours )?(?:sauf|hors|except[eé]*|pas|but) (?:les? )?(.+)", text.strip(), re.IGNORECASE)) is not None:
        left = [meant(re.sub(r"^les? |s$", "", part), WEEK) for part in _LISTED.split(but[1])]
        return None if None in left else tuple(day for day in WEEK[:5] if day not in left)
    found = re.fullmatch(r"(?:du )?([^\W\d_]{3,9})\.? *(?:-|–|à|a|au|to) *([^\W\d_]{3,9})\.?", text.strip(), re.IGNORECASE)
    days = [meant(part, WEEK) for part in found.groups()] if found is not None else []
    if not days or None in days:
        return None
    first, last = (WEEK.index(str(each)) for each in days)
    return WEEK[first : last + 1] if first <= last else None


def clock_range(text: str) -> str | None:
    """Return `09:00-12:00` for `9h-12h`, `de 9 h 30 à 12 h`, `9:00 - 18:00`."""
    found = re.fullmatch(r"(?:de )?(\d{1,2}) *(?:h|:|H)? *(\d\d)? *(?:-|–|à|a|to) *(\d{1,2}) *(?:h|:|H)? *(\d\d)?", text.strip())
    if found is None:
        return None
    start, begun, end, ended = (int(part or 0) for part in found.groups())
    return f"{start:02}:{begun:02}-{end:02}:{ended:02}" if (start, begun) < (end, ended) and max(start, end) < 24 and max(begun, ended) < 60 else None


def day_of_year_meant(text: str) -> str | None:
    """Return `08-01` for `2026-08-01`, `01/08`, `1er août`."""
    plain = folded(text)
    if (iso := re.fullmatch(r"\d{4} (\d\d) (\d\d)", plain)) is not None:
        return f"{iso[1]}-{iso[2]}"
    if (slashed := re.fullmatch(r"(\d{1,2})[/.](\d{1,2})(?:[/.]\d{2,4})?", plain)) is not None:
        return f"{int(slashed[2]):02}-{int(slashed[1]):02}" if 0 < int(slashed[2]) < 13 else None
    named = re.fullmatch(r"(\d{1,2})(?:er)? ([a-z]+)(?: \d{4})?", plain)
    month = next((number for number, name in enumerate(_MONTHS, 1) if named is not None and name.startswith(named[2]) and len(named[2]) > 2), None)
    return f"{month:02}-{int(named[1]):02}" if named is not None and month is not None else None


def days_of_year(text: str) -> dict[str, str] | None:
    """Return the days of `du 1er au 31 août`, `du 1er août au 15 septembre`, `août`."""
    plain = re.sub(r"^(?:du |le |en |mois d[e'] ?)", "", folded(text))
    if plain in _MONTHS:
        month = _MONTHS.index(plain) + 1
        return {"from": f"{month:02}-01", "to": f"{month:02}-{(31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]}"}
    if plain in _FEASTS:
        return {"from": _FEASTS[plain], "to": _FEASTS[plain]}
    first, parted, last = plain.partition(" au ")
    until = day_of_year_meant(last) if parted else None
    since = day_of_year_meant(first) or (day_of_year_meant(f"{first} {last.split(' ')[-1]}") if until else None)
    return {"from": since, "to": until} if since and until else None


def repetition(text: str, units: Sequence[str]) -> dict[str, Any] | None:
    """Return the keys of `3 fois tous les 7 jours`, `tous les 15 jours, 3 fois`, `chaque semaine`."""
    plain = folded(text)
    times = re.search(r"(\d+|deux|trois|quatre|cinq|six) (?:fois|times)", plain)
    every = re.search(r"(?:tous les|toutes les|every|chaque) (?:(\d+) )?([a-z]+(?: ouvr\w+)?)", plain) or re.search(r"(\d+) ([a-z]+(?: ouvr\w+)?) (?:d'intervalle|d'ecart|entre)", plain)
    unit = meant(every[2], units) if every is not None else None
    if every is None or unit is None:
        return None
    count = in_figures(f"{times[1]} x").split()[0] if times is not None else "3"
    return {"every": f"{every[1] or 1} {unit}", "times": int(count)} if count.isdigit() else None


#: What counts contacts of every channel.
_ANY_CONTACT = frozenset({"contact", "message", "relance", "foi", "fois", "time"})


def cap(text: str) -> dict[str, Any] | None:
    """Return the keys of `3 par mois`, `2 appels par semaine`, `3 en 30 jours`, `4 fois par trimestre`."""
    plain = in_figures(folded(text))
    found = re.fullmatch(r"(?:max\w*|au plus|pas plus de)? ?(\d+) ?(contacts?|messages?|relances?|appels?|sms|textos?|mails?|courriels?|e mails?|courriers?|lettres?|fois|times)? (?:par|/|en|sur|dans|per|in|every|tous les) ?(?:(\d+) )?([a-z]+)s?", plain)
    days = {"jour": 1, "day": 1, "semaine": 7, "week": 7, "quinzaine": 15, "mois": 30, "moi": 30, "month": 30, "trimestre": 90, "an": 365, "annee": 365}.get(found[4].removesuffix("s") if found else "")
    if found is None or days is None:
        return None
    counted = (found[2] or "fois").removesuffix("s")
    channel = None if counted in _ANY_CONTACT else meant("sms" if counted == "sm" else counted, CONTACT_CHANNELS)
    return {"contacts": int(found[1]), "within": _counted(days * int(found[3] or 1), "day"), **({"channels": [str(channel)]} if channel is not None else {})}


def span_meant(number: int, unit: str) -> str | None:
    """Return the span that is meant by units nobody counts in here: `2 days` for 48 hours, `3 months` for a quarter."""
    plain = folded(unit).removesuffix("s")
    if plain in {"h", "heure", "hour"}:
        return _counted(number // 24, "day") if number and number % 24 == 0 else None
    times, one = {"huitaine": (8, "day"), "quinzaine": (15, "day"), "fortnight": (2, "week"), "trimestre": (3, "month"), "quarter": (3, "month"), "semestre": (6, "month"), "an": (12, "month"), "annee": (12, "month"), "year": (12, "month")}.get(plain, (0, ""))
    return _counted(times * number, one) if times else None


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


#: Words that turn the meaning of those beside them round.
_TURNS = frozenset({"pas", "non", "sans", "sauf", "ni", "ne", "jamais", "hors", "aucun", "aucune", "not", "no", "without", "never", "ou", "or"})


def word_within(text: str, words: Sequence[str]) -> str | None:
    """Return the one word of the language that a phrase has besides words that only grade it, or that the table has of its parts: `firm` for `très ferme`."""
    plain = re.sub(r"^(?:(?:tres|plus|assez|un peu|plutot|trop|par|en|le|la|un|une|very|more|by) )+", "", folded(text))
    if plain != folded(text):
        return meant(plain, words)
    parts = plain.split()
    if not 2 <= len(parts) <= 6 or _TURNS & set(parts):
        return None
    runs = (" ".join(parts[start:end]) for start in range(len(parts)) for end in range(start + 1, len(parts) + 1))
    found = {word for run in runs for word in known(run) or () if word in words}
    return found.pop() if len(found) == 1 else None


def several(text: str, words: Sequence[str]) -> list[str] | None:
    """Return the words of the language that were written as one item of a list: `call; email`."""
    found = [meant(part, words) for part in _LISTED.split(text.strip())]
    return [str(word) for word in found] if len(found) > 1 and None not in found else None


def either(text: str, words: Sequence[str]) -> str | None:
    """Say how to write that a second channel serves where the first cannot: `email ou letter`, `appel sinon sms`."""
    parts = re.split(r"\s+(?:ou|or|sinon|à défaut|else)\s+(?:par |by )?", text.strip())
    found = [meant(part, words) for part in parts]
    if len(found) != 2 or None in found or not set(found) <= set(CONTACT_CHANNELS):
        return None
    return sentence("all channels of a list are used; for one where another fails write [{first}] and `fallback: {{{first}: {second}}}`", first=str(found[0]), second=str(found[1]))


def bound_of(text: str, words: Sequence[str]) -> str | None:
    """Return the approval that is asked above a sum: `au-dessus de 5000 €`."""
    found = re.fullmatch(r"(?:si )?(?:superieure? a|au dessus de|au dela de|plus de|si plus de|>|des|a partir de|above|over) ?(\d+(?:[.,]\d+)?) ?(?:€|eur|euros)?", re.sub(r"(?<=\d) (?=\d{3}\b)", "", folded(text)))
    return sentence("write {written}", written=f'{{above: "{found[1].replace(",", ".")}"}}') if found is not None and "required" in words else None


def last_part(text: str) -> str:
    """Return the name within a path of a wording or a file: `rappel` of `modeles/fr/rappel/message.md.j2` and of `rappel.yaml`."""
    parts = [part for part in re.sub(r"\.(?:md\.j2|ya?ml|j2|md|html|txt|docx?|odt)$", "", text.strip()).split("/") if part]
    if len(parts) > 1 and parts[-1] in {"message", "email", "letter", "sms", "call"}:
        parts.pop()
    return parts[-1] if parts else text


def thousands(text: str) -> str | None:
    """Return `1500` for `1,5 k€` and `1500€`: thousands written short."""
    found = re.fullmatch(r"(\d+)(?:[.,](\d))? *[kK] *(?:€|EUR|euros?)?", text.strip())
    return None if found is None else f"{int(found[1]) * 1000 + int(found[2] or 0) * 100}"


def of_at(text: str) -> str | None:
    """Say what a step's `at` that names no anchor wants: each Monday, the fifteenth of the month."""
    plain = folded(text)
    if (day := next((each for word in re.findall(r"[a-z]+", plain) if (each := meant(word.removesuffix("s"), WEEK))), None)) is not None:
        return sentence('"{text}" is no date; write when to begin, such as "J+14", and `weekdays: [{day}]` beside it', text=text, day=day)
    if re.fullmatch(r"(?:le )?jour j|(?:tout de suite|immediatement|aussitot|des (?:que possible|l'echeance)|asap|now|aujourd'hui|a reception)", plain):
        return sentence('"{text}" is no date; write "J+0" for the due date, or "previous + 1 business day" to follow the step above', text=text)
    if re.search(r"\b(?:du|de chaque|chaque) mois\b", plain):
        return sentence('"{text}" is no date; no step falls on a day of the month: write "J+14", or "due + 1 month, end of month"', text=text)
    return None


#: What says that a list is empty.
_NOTHING = frozenset({"rien", "aucun", "aucune", "neant", "vide", "none", "nothing", "empty", "0"})


#: Words of a list of which one is enough.
_OPEN = ("paid", "disputed")


def item_words(rules: Mapping[str, Any]) -> list[str]:
    """Return the words that an item of a list may be."""
    items = rules.get("items", {})
    return [str(word) for word in items.get("enum", ()) or items.get("then", {}).get("enum", ()) or next((each["enum"] for each in items.get("anyOf", ()) if "enum" in each), ())]


def as_list(text: str, rules: Mapping[str, Any]) -> str:
    """Write a text as the list it was meant as, in the words of the language where it knows what they mean."""
    if folded(text) in _NOTHING:
        return sentence("write [{value}]", value="")
    parts = _LISTED.split(text.strip())
    items = rules.get("items", {})
    words = item_words(rules)
    if (other := either(text, words)) is not None:
        return other
    if set(_OPEN) <= set(words):
        parts = re.split(r"\s+(?:ou|or)\s+", text.strip()) if re.search(r"\s(?:ou|or)\s", text) else parts
    if items.get("type") == "object":
        days = days_of_year(text) if {"from", "to"} <= set(items.get("properties", ())) else None
        shown = [days] if days is not None else (items.get("examples") or rules.get("examples") or [[]])[0]
        written = ", ".join(f"{{{', '.join(f'{key}: {value}' for key, value in each.items())}}}" for each in ([shown] if isinstance(shown, dict) else shown))
        return sentence("write [{value}]", value=written) if days is not None else sentence("for example {example}", example=f"[{written}]")
    if words and "@" in text:
        return sentence("who receives it is named by a role, and has his address in the case: for example {example}", example=f"[{words[0]}]")
    if words and set(words) <= set(WEEK) and (week := week_range(text)) is not None:
        parts = list(week)
    elif words:
        found = [meant(part, words) for part in parts]
        if None in found and (examples := rules.get("examples")):
            return said_instead(text) or sentence("for example {example}", example=f"[{', '.join(map(str, examples[0]))}]")
        if None in found:
            return said_instead(text) or sentence("it takes a list of {words}", words=joined(words, "and"))
        parts = [str(word) for word in found]
    else:
        form = str(items.get("pattern", "")) or None
        parts = [next((word for word in known(part) or () if re.search(form, word)), part) if form and not re.search(form, part) else part for part in parts]
    return sentence("write [{value}]", value=", ".join(parts)[:60])


def word_for(value: Any, pattern: str) -> str | None:
    """Return the word that the table has for what was written, where it is written as the place wants it: `fr` for `français`."""
    word = next((each for each in known(str(value)) or () if pattern and re.search(pattern, each)), None)
    return None if word is None else sentence("write {written}", written=word)


def without_spaces(value: Any, pattern: str) -> str | None:
    """Return what was written in groups, as the place wants it: `732829320` for `732 829 320`."""
    bare = re.sub(r"[\s.-]+", "", str(value))
    if re.fullmatch(r"\d{14}", bare) and re.search(pattern, bare[:9]):  # a SIRET begins with the SIREN
        return sentence('write "{written}"', written=bare[:9])
    return sentence('write "{written}"', written=bare) if bare != value and re.search(pattern, bare) else None


def slug(value: Any, rules: Mapping[str, Any]) -> str | None:
    """Propose an id made of what was written."""
    if "lower-case letters and digits" not in str(rules.get("x-expected")):
        return None
    plain = unicodedata.normalize("NFKD", last_part(str(value))).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64]
    return sentence("write {slug}", slug=slug) if re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", slug) else None
