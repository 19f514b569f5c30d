"""Ways out for what no single word of the language says: a habit of other tools, a word within a phrase, a list written as one text.

Each function reads what an author wrote and returns what to write, or None where that cannot be told. A sentence stands here for
words that people look for and that the language has no word for, because it says them otherwise. `relance.language.phrases` reads
phrases of time and number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from relance.language.phrases import LISTED, WEEK, days_of_year, week_range
from relance.language.vocabulary import TURNS, folded, known, meant
from relance.model import CONTACT_CHANNELS, HOLD_WHILE_DEFAULT, STOP_WHEN_DEFAULT
from relance.sentences import Phrase, joined, marked, sentence

#: Who approves; a list of them is no approval either.
WHO_APPROVES = marked("who approves is named in relance.yaml, under `approvals`: write required, or {{by: 2}} for two people")
_SHARE = marked('a settlement is the share that is paid: for 30 % off write settlement: "70"')
_PAUSES = marked('closed days of every year are `pauses`, under "calendar"')
#: What to do instead, and the words that ask for it.
_INSTEAD: tuple[tuple[str, tuple[str, ...]], ...] = (
    (marked("several keys in one mapping hold together: write them side by side, without this one"), ("et", "and", "all", "all_of", "toutes", "tous", "allof", "et_si", "ainsi que")),
    (marked("for one or the other write any_of: [{{…}}, {{…}}]"), ("ou", "or", "soit", "une_de", "un parmi", "ou bien")),
    (marked("write both bounds side by side: {{at_least: …, at_most: …}}"), ("entre", "between", "compris entre", "de…à", "intervalle", "plage")),
    (marked("what is done in the other case is a step of its own, with the contrary condition: if: {{not: {{…}}}}"), ("sinon", "autrement", "else", "otherwise", "dans le cas contraire")),
    (marked('write "if: {{not: {{…}}}}"'), ("sauf", "sauf si", "unless", "excepté", "si pas", "hors", "à moins que")),
    (marked('a remark stands behind "#", or in "description"'), ("remarque", "remarques", "note", "notes", "commentaire", "commentaires", "comment", "observations", "observation", "mémo", "auteur", "author", "date", "mise à jour", "rédigé par", "validé par")),
    (marked("the principal is always asked: leave it out"), ("principal", "le principal", "capital", "montant", "montant dû", "la facture", "solde")),
    (marked("only what is owed by law or by contract is claimed here; the rest is for a court: leave it out"), ("dommages et intérêts", "dommages intérêts", "frais", "frais de relance", "frais de recouvrement", "frais de dossier", "frais de gestion", "honoraires", "article 700", "dépens", "frais d'avocat", "frais d'huissier", "tva", "timbre", "frais postaux", "frais de recommandé", "frais d'envoi", "frais bancaires")),
    (marked('what is written stands in a wording: name it by "template", or give it the name of the step'), ("texte", "message", "corps", "contenu", "body", "sujet", "subject", "objet du mail", "modèle de lettre", "pièce jointe", "pièces jointes")),
    (marked("who receives it follows from the channel and the case: leave it out"), ("destinataire", "à qui", "adresse", "email du client", "téléphone du client", "copie", "cc", "cci", "bcc")),
    (marked('a rule without "if" takes all that is left: write it last'), ("défaut", "par défaut", "default", "autres", "autre", "le reste")),
    (WHO_APPROVES, ("directeur", "le directeur", "direction", "gérant", "responsable", "responsables", "chargé", "credit manager", "manager", "comptable", "avocat", "associé", "chef", "daf", "dg", "pdg", "président", "présidente", "gérante", "directrice")),
    (_SHARE, ("remise", "remise de dette", "remise accordée", "rabais", "réduction", "ristourne", "abandon", "abandon partiel", "décote", "discount")),
    (_PAUSES, ("congés", "vacances", "fermeture", "fermeture annuelle", "trêve")),
    (marked("how far the ladder has come is asked by `done: <step>`, in the `if` of a step"), ("nombre de relances", "nb relances", "nombre de rappels", "relances envoyées", "relances faites", "déjà relancé", "relancé", "relance faite", "dernière relance", "relance envoyée")),
    (marked('a step stands where its "at" puts it, and the steps in their order: leave it out'), ("ordre", "order", "numéro", "rang", "niveau", "level", "étape suivante", "suivante", "next", "précédente")),
)  # fmt: skip


#: What a word of a short list says, for who knows none of them.
_SAYS: Mapping[str, str] = {
    "courteous": marked("friendly, as one reminds who forgot"), "neutral": marked("plain, without warmth or threat"), "firm": marked("insistent, before a formal notice"), "formal": marked("solemn, that of a formal notice"),
    "required": marked("a person approves it"), "automatic": marked("it leaves by itself"),
    "agency": marked("an agency that recovers"), "bailiff": marked("a commissaire de justice"), "lawyer": marked("a lawyer"), "court": marked("a court"), "creditor": marked("the creditor himself"),
    "error": marked("mistakes alone"), "warning": marked("warnings, too"), "hint": marked("remarks, too"),
    "none": marked("each leaves alone"), "step": marked("those of one step together"), "debtor": marked("all of one debtor together"),
    "invoice": marked("each invoice by itself"), "account": marked("all invoices of a debtor together"),
    "business": marked("a professional"), "consumer": marked("a private person"), "public": marked("a public body"), "any": marked("all of them"),
    "reminder": marked("a simple reminder"), "formal_notice": marked("a mise en demeure"), "handover": marked("somebody takes over"), "legal": marked("before a court"), "task": marked("something a person does"),
    "keep": marked("as it stands"), "catch_up": marked("one step a day"), "jump": marked("straight to the highest"), "drop": marked("what is past is left out"),
    "first": marked("at the beginning"), "current": marked("where the date has got to"), "continue": marked("dates stay what they are"), "restart": marked("nothing before the day after"),
    "next": marked("the open day after"), "previous": marked("the open day before"), "posting": marked("from the day it leaves"), "presentation": marked("from when the post presents it"),
    "whole": marked("all that is due"), "arrears": marked("what a plan lacks"), "go_on": marked("the ladder goes on"), "hold": marked("it waits until a person has read it"),
    "accounting": marked("who keeps the books"), "director": marked("who heads the house"), "salesman": marked("the creditor's own salesman"),
    "stopped": marked("over: paid, written off, handed over"), "held": marked("disputed, promised or on hold"), "waiting": marked("a step is to come"), "awaiting_approval": marked("a draft is to be approved"),
    "awaiting_sending": marked("a message is to leave"), "due": marked("a step is due"), "finished": marked("no step is left"),
    "paid": marked("it is paid"), "disputed": marked("the debtor disputes it"), "promised": marked("a promise runs"), "promise_broken": marked("a promise was not kept"), "plan_running": marked("instalments run"),
    "plan_broken": marked("an instalment is missing"), "insolvent": marked("insolvency proceedings"), "on_hold": marked("a person put it on hold"), "unmatched_money": marked("money is to be matched"),
    "written_off": marked("given up as lost"), "time_barred": marked("barred by time"), "handed_over": marked("somebody took over"),
    "email": marked("e-mail"), "letter": marked("a letter by post"), "registered_letter": marked("a letter with acknowledgement"), "electronic_registered_letter": marked("the same by e-mail, eIDAS"), "sms": marked("a text message"),
    "call": marked("a telephone call"), "webhook": marked("another programme"),
    "late_interest": marked("penalties of late payment"), "legal_interest": marked("interest at the legal rate"), "fixed_indemnity": marked("the 40 €"), "contractual_penalty": marked("a penalty clause"), "complementary_indemnity": marked("costs beyond the 40 €, proved"),
    "text": marked("words"), "number": marked("a figure"), "date": marked("a day"), "flag": marked("yes or no"),
}  # fmt: skip


def one_of_words(words: Sequence[str]) -> str:
    """Say which words a place takes, each with what it says."""
    return sentence("it is one of {words}", words=joined([sentence("{word} ({says})", word=word, says=Phrase(_SAYS[word], {})) if word in _SAYS else word for word in words], "and"))


@lru_cache(maxsize=1)
def _table() -> Mapping[str, str]:
    return {folded(word): template for template, words in _INSTEAD for word in words}


def said_instead(written: str, among: Sequence[str] | None = None) -> Phrase | None:
    """Return what to do instead of a key, or of a word of those `among`, that the language says otherwise."""
    plain = folded(str(written))
    found = _table().get(plain) or (_table()["frais"] if re.match(r"(?:frais|honoraires|cout) (?:de |d'|du |des |postaux)", plain) and among is not None and "late_interest" in among else None)
    if found == WHO_APPROVES and among is not None and "required" not in among:
        return None
    return None if found is None else Phrase(found, {})


def way_out_for(key: str, value: Any) -> str | None:
    """Say the whole of what to write instead of a key, where its value tells it: the share that is paid of a `remise`, the days of a `fermeture`."""
    if (said := said_instead(key)) is None:
        return None
    if said.template == _SHARE and (off := re.fullmatch(r"(\d{1,2})(?:[.,]0+)? *(?:%|pour ?cent|percent)?", str(value).strip())) is not None and int(off[1]) > 0:
        return sentence("a settlement is the share that is paid: for {off} % off write {written}", off=int(off[1]), written=f'settlement: "{100 - int(off[1])}"')
    if said.template == _PAUSES and isinstance(value, str) and (days := days_of_year(value)) is not None:
        return sentence('closed days of every year are `pauses`, under "calendar": write {written}', written=f"pauses: [{{from: {days['from']}, to: {days['to']}}}]")
    return said


def takes_the_rest(key: str, value: Any) -> str | None:
    """Say how the last rule of a routing is written, where an author wrote `sinon: maison`."""
    if folded(key) not in {"sinon", "autrement", "else", "otherwise", "defaut", "par defaut", "default", "autres", "le reste"} or not isinstance(value, str):
        return None
    return sentence('a rule without "if" takes all that is left: write `{written}` last', written=f"- playbook: {value}")


#: What a case is at its end → the states that it is so in.
_ENDS = (("stopped", STOP_WHEN_DEFAULT), ("held", HOLD_WHILE_DEFAULT))
#: What happened → the state that a case is in after it.
_AFTER = {"payment.received": "paid", "dispute.opened": "disputed", "promise.made": "promised", "plan.agreed": "plan_running", "hold.placed": "on_hold", "insolvency.opened": "insolvent"}


def how_it_ends(text: str, words: Sequence[str]) -> str | None:
    """Say how a test ends where an author wrote why: `réglé` is `stopped`, `litige` is `held`."""
    if not {"stopped", "held"} <= {*words}:
        return None
    states = [state for _, each in _ENDS for state in each]
    event = next((_AFTER[word] for word in known(text) or () if word in _AFTER), None)
    state = event or meant(text, states) or word_within(text, states)
    return next((sentence("write {written}", written=end) for end, each in _ENDS if state in each), None)


#: How people call a debtor by the way he pays.
_PAYER = re.compile(r"\b(?:payeur|payeuse|foi|difficultes?|retardataire|recidiviste|habitue|fidele|vip|grands? comptes?|risque|sensible|strategique|douteux|douteuse|nouveau|nouvelle|ancien|ancienne|negligent|oublieux)s?\b")


def kind_of_payer(text: str, words: Sequence[str]) -> str | None:
    """Say of a kind of payer that stands where a kind of debtor belongs that it is his profile."""
    if not {"business", "consumer"} <= {*words} or _PAYER.search(folded(text)) is None:
        return None
    return sentence("how a debtor pays is his `profile`, and what else marks him a `tag`, as the file of debtors has them: write `profile: …` or `tag: …`")


#: Words that turn the meaning of those beside them round.
_TURNS = TURNS | {"ou", "or"}


def word_within(text: str, words: Sequence[str]) -> str | None:
    """Return the one word of the language that a phrase has besides words that only grade it, or that the table has of its parts: `firm` for `très ferme`."""
    plain = re.sub(r"^(?:(?:tres|plus|assez|un peu|plutot|trop|par|en|le|la|un|une|des|lors du|apres|jusqu'au|jusqu'a|very|more|by) )+(?:le |la |l'|les )?", "", folded(text))
    if plain != folded(text) and (whole := meant(plain, words)) is not None:
        return whole
    plain = re.sub(r"(?<=\w) (?:avant|pour|en vue d|suite a|apres|before)\b.*", "", plain)  # what it is stands before what it is for
    if " " not in plain and (head := meant(plain, words)) is not None and plain != folded(text):
        return head
    parts = plain.split()
    if not 2 <= len(parts) <= 6 or _TURNS & set(parts):
        return None
    runs = (" ".join(parts[start:end]) for start in range(len(parts)) for end in range(start + 1, len(parts) + 1))
    found = {word for run in runs for word in known(run) or () if word in words}
    return found.pop() if len(found) == 1 else None


def several(text: str, words: Sequence[str]) -> list[str] | None:
    """Return the words of the language that were written as one item of a list: `call; email`."""
    found = [meant(part, words) for part in LISTED.split(text.strip())]
    return [str(word) for word in found] if len(found) > 1 and None not in found else None


def either(text: str, words: Sequence[str]) -> str | None:
    """Say how to write that a second channel serves where the first cannot: `email ou letter`, `appel sinon sms`."""
    parts = re.split(r"\s+(?:ou|or|sinon|à défaut|else)\s+(?:par |by )?", text.strip())
    found = [meant(part, words) for part in parts]
    if len(found) != 2 or None in found or not set(found) <= set(CONTACT_CHANNELS):
        return None
    return sentence("all channels of a list are used; for one where another fails write [{first}] and `fallback: {{{first}: {second}}}`", first=str(found[0]), second=str(found[1]))


def approver(text: str, words: Sequence[str]) -> str | None:
    """Say where a person is named who was written as an approval: `par Me Durand`, `validé par la direction`."""
    if "required" in words and re.fullmatch(r"(?:a )?(?:double|deux|2|quatre yeux|les deux)(?: (?:validation|approbation|personnes?|accords?|signatures?|validations))?", folded(text)):
        return sentence("write {written}", written="{by: 2}")
    if "required" not in words:
        return None
    plain = folded(text).split()
    if re.match(r"(?:m|mr|mme|mlle|me|monsieur|madame|maitre)\.? \w", folded(text)):
        return sentence(WHO_APPROVES)
    person = any(_table().get(word) == WHO_APPROVES for word in plain) and len(plain) > 1
    return sentence(WHO_APPROVES) if person or re.match(r"(?:\w+ )?(?:par|by) ", text.strip()) else None


def denied(key: str, facts: Sequence[str]) -> str | None:
    """Return the truth that a key denies: `paid` of `jamais payé`, `disputed` of `sans litige`."""
    if folded(key) in {"impaye", "impayee", "non paye", "unpaid", "non reglee", "non regle"}:
        return "paid" if "paid" in facts else None
    found = re.fullmatch(r"(?:n'est |n est |il n'y a |si )?(?:non|pas|jamais|sans|sauf|hors|excepte|not|no|never|without|except|aucune?) (?:si |encore |de |en |d'|le |la |l')?(.+)", folded(key))
    return None if found is None else meant(found[1], facts)


def last_part(text: str) -> str:
    """Return the name within a path of a wording or a file: `rappel` of `modeles/fr/rappel/message.md.j2` and of `rappel.yaml`."""
    parts = [part for part in re.sub(r"\.(?:md\.j2|ya?ml|j2|md|html|txt|docx?|odt)$", "", text.strip()).split("/") if part]
    if len(parts) > 1 and parts[-1] in {"message", "email", "letter", "sms", "call"}:
        parts.pop()
    return parts[-1] if parts else text


#: What says that a list is empty.
_NOTHING = frozenset({"rien", "aucun", "aucune", "neant", "vide", "none", "nothing", "empty", "0"})
#: Words of a list of which one is enough.
_OPEN = ("paid", "disputed")


def item_words(rules: Mapping[str, Any]) -> list[str]:
    """Return the words that an item of a list may be."""
    items = rules.get("items", {})
    return [str(word) for word in items.get("enum", ()) or items.get("then", {}).get("enum", ()) or next((each["enum"] for each in items.get("anyOf", ()) if "enum" in each), ())]


def says_nothing(text: str) -> bool:
    """Say whether a text says that there is nothing: `aucun`, `néant`, `aucune relance`."""
    return folded(text) in _NOTHING or re.fullmatch(r"(?:aucune? |pas d(?:e |')|no )\w+", folded(text)) is not None


def as_list(text: str, rules: Mapping[str, Any]) -> str:
    """Write a text as the list it was meant as, in the words of the language where it knows what they mean."""
    if says_nothing(text):
        return sentence("write [{value}]", value="")
    parts, items, words = LISTED.split(text.strip()), rules.get("items", {}), item_words(rules)
    if len(spaced := text.split()) > 1 and set(spaced) <= set(words):
        parts = spaced
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
        found = [meant(part, words) or word_within(part, words) for part in parts]
        if None in found and (alone := meant(text, words) or word_within(text, words)) is not None:
            found = [alone]
        if None in found and (examples := rules.get("examples")):
            return said_instead(text) or sentence("for example {example}", example=f"[{', '.join(map(str, examples[0]))}]")
        if None in found:
            return said_instead(text) or sentence("it takes a list of {words}", words=joined(words, "and"))
        parts = [str(word) for word in found]
    else:
        form = str(items.get("pattern", "")) or None
        parts = [next((word for word in known(part) or () if re.search(form, word)), None) or id_of(part, items) or part if form and not re.search(form, part) else part for part in parts]
    return sentence("write [{value}]", value=", ".join(parts)[:60])


def word_for(value: Any, pattern: str) -> str | None:
    """Return the word that the table has for what was written, where it is written as the place wants it: `fr` for `français`."""
    word = next((each for each in (*(known(str(value)) or ()), str(value).upper(), str(value).lower()) if pattern and re.search(pattern, each)), None)
    return None if word is None else sentence("write {written}", written=f'"{word}"' if word.isdigit() else word)


def without_spaces(value: Any, pattern: str) -> str | None:
    """Return what was written in groups, as the place wants it: `732829320` for `732 829 320`."""
    bare = re.sub(r"[\s.-]+", "", str(value))
    if re.fullmatch(r"\d{14}", bare) and re.search(pattern, bare[:9]):  # a SIRET begins with the SIREN
        return sentence('write "{written}"', written=bare[:9])
    return sentence('write "{written}"', written=bare) if bare != value and re.search(pattern, bare) else None


def id_of(text: str, rules: Mapping[str, Any]) -> str | None:
    """Make an id of what was written, where a place takes one."""
    if "lower-case letters and digits" not in str(rules.get("x-expected")):
        return None
    plain = unicodedata.normalize("NFKD", last_part(text)).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:64]
    return made if re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", made) else None


def slug(value: Any, rules: Mapping[str, Any]) -> str | None:
    """Propose an id made of what was written."""
    made = id_of(str(value), rules)
    return None if made is None else sentence("write {slug}", slug=made)
