"""The mentions that a text must carry, each with its article, and after which paragraph of it they are all there.

What must be said is `relance.law.mentions`' to know: a mention is owed where an empty text would lack it, and stands where a text that ends there no longer does.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from relance.law import mentions
from relance.law.folding import fold
from relance.law.mentions import Circumstances
from relance.letters.fields import Party
from relance.letters.markdown import to_text
from relance.letters.wording import Text

#: Mentions of `relance.law.mentions` → how a lawyer calls them, and the article they come from.
NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "formal-notice": ("Les mots « mise en demeure »", "C. civ., art. 1344"),
        "deadline": ("Le dernier jour pour payer, par sa date", "C. civ., art. 1231"),
        "parts": ("Chaque somme réclamée, et le total", "C. civ., art. 1344"),
        "means": ("Le moyen de payer", "usage"),
        "contest": ("À qui s’adresser pour contester", "usage"),
        "activity": ("1° L’activité de recouvrement amiable", "CPCE, art. R. 124-4"),
        "collector-name": ("1° Le nom de qui recouvre", "CPCE, art. R. 124-4"),
        "collector-address": ("1° L’adresse de qui recouvre", "CPCE, art. R. 124-4"),
        "creditor-name": ("2° Le nom du créancier", "CPCE, art. R. 124-4"),
        "creditor-address": ("2° L’adresse du créancier", "CPCE, art. R. 124-4"),
        "ground": ("3° Le fondement de la créance", "CPCE, art. R. 124-4"),
        "amounts": ("3° Le montant, principal et accessoires distingués", "CPCE, art. R. 124-4"),
        "demand": ("4° La demande de payer, et comment", "CPCE, art. R. 124-4"),
        "paragraphs": ("5° Les deuxième et troisième alinéas de l’article L. 111-8", "CPCE, art. R. 124-4 et L. 111-8"),
        "no-letter": ("La première lettre, à rappeler", "CPCE, art. R. 124-4"),
        "letter-reference": ("Les références de la première lettre", "CPCE, art. R. 124-4"),
        "letter-date": ("La date d’envoi de la première lettre", "CPCE, art. R. 124-4"),
    }
)
#: What is looked for beside them: the words, how it is called, the article.
_BESIDE = (
    (re.compile(r"donnees personnelles|personal data"), "L’information sur les données personnelles", "RGPD, art. 14"),
    (re.compile(r"mediateur de la consommation|consumer mediator"), "Le médiateur de la consommation, nom et adresse", "C. conso., art. L. 616-1"),
)
SUBJECT, NOWHERE, PAPER = "objet", "manque", "papier à lettres"


@dataclass(frozen=True, slots=True)
class OwedMention:
    """A mention: how it is called, its article, and where it stands: `objet`, `§ 3`, `papier à lettres` or `manque`."""

    name: str
    article: str
    where: str


def owed_mentions(text: Text, context: Circumstances, sender: Party, *, letter: bool) -> tuple[OwedMention, ...]:
    """Return what a text owes; of a letter, what its paper says of the firm, too."""
    return (*_of_the_text(text, context), *(_of_the_paper(sender) if letter else ()))


def _of_the_text(text: Text, context: Circumstances) -> Iterator[OwedMention]:
    places = tuple(_prefixes(text))
    lacked = [{each.mention for each in mentions.missing_mentions(folded, context)} for _, folded in places]
    for mention in dict.fromkeys(each.mention for each in mentions.missing_mentions("", context)):
        if mention in NAMES:
            yield OwedMention(*NAMES[mention], next((place for (place, _), left in zip(places, lacked, strict=True) if mention not in left), NOWHERE))
    for words, name, article in _BESIDE:
        place = next((place for place, folded in places if words.search(folded)), None)
        if place is not None:
            yield OwedMention(name, article, place)


def _prefixes(text: Text) -> Iterator[tuple[str, str]]:
    """Return the text up to each of its paragraphs, folded, with how the place is called: folded once, and cut."""
    yield SUBJECT, fold(text.subject).text
    paragraphs = [to_text([block], 76).strip("\n") for block in text.blocks]
    whole, end = fold("\n\n".join((text.subject, *paragraphs))), len(text.subject)
    for number, paragraph in enumerate(paragraphs, 1):
        end += len("\n\n") + len(paragraph)
        yield f"§\u00a0{number}", whole.text[: bisect_left(whole.starts, end)]


def _of_the_paper(sender: Party) -> Iterator[OwedMention]:
    """Say what a firm's paper names of it (C. com. R123-237 and R123-238)."""
    yield OwedMention("L’immatriculation", "C. com., art. R. 123-237", PAPER if sender.rcs or sender.siren else NOWHERE)
    if sender.legal_form:
        yield OwedMention("La forme de la société et son capital", "C. com., art. R. 123-238", PAPER if sender.capital else NOWHERE)
