"""Ways out for a wording that cannot be read, or that prints what was meant as an instruction: what authors write who know other tools, or French alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import get_close_matches

from relance.language.vocabulary import folded
from relance.sentences import Phrase, sentence

#: What French people call the names of a wording.
_NAMES: Mapping[str, str] = {
    "facture": "invoice", "factures": "invoices", "client": "debtor", "débiteur": "debtor", "créancier": "creditor", "expéditeur": "sender", "société": "sender",
    "prénom": "name", "civilité": "name", "contact": "name", "firstname": "name", "lastname": "name", "first name": "name", "last name": "name", "number": "id", "réf": "id", "rib": "iban", "amount due": "open", "total amount": "amount", "ttc": "amount", "montant ttc": "amount", "montant dû": "open", "ht": "amount",
    "nom": "name", "raison sociale": "name", "adresse": "address", "courriel": "email", "mail": "email", "téléphone": "phone", "numéro": "id", "montant": "open",
    "solde": "open", "reste dû": "open", "échéance": "due", "date d'échéance": "due", "émise": "issued", "date d'émission": "issued", "total": "sums", "sommes": "sums",
    "intérêts": "late_interest", "pénalités": "late_interest", "indemnité": "fixed_indemnity", "principal": "principal", "paiement": "payment", "règlement": "payment",
    "date limite": "deadline", "délai": "deadline", "aujourd'hui": "today", "date": "today", "jour": "today", "référence": "reference", "ton": "tone", "canal": "channel",
    "langue": "language", "plusieurs": "several", "agence": "agency", "consommateur": "consumer", "litige": "dispute", "promesse": "promise", "échéancier": "plan",
    "signataire": "signatory", "retard": "days_overdue", "jours de retard": "days_overdue", "versements": "plan", "relance précédente": "previous", "mise en demeure": "notice",
    "relances": "history", "relances précédentes": "history", "relance": "previous", "dernière relance": "previous", "rappels": "history", "historique": "history", "courriers": "history", "courriers précédents": "history", "lettres": "history", "échanges": "history",
    "paiements": "receipts", "règlements": "receipts", "acomptes": "receipts", "acompte": "receipts", "versements reçus": "receipts", "déjà payé": "receipts", "mises en demeure": "notices", "offre": "offer", "remise": "offer", "avoir": "credit", "avoirs": "credit", "contestation": "dispute", "pièces": "proofs", "justificatifs": "proofs", "destinataire": "recipient", "nombre de factures": "invoice_count", "banque": "payment", "virement": "payment",
}  # fmt: skip
#: What people call the sum that a message asks.
_ASKED = frozenset({"montant", "total", "solde", "reste du", "somme", "sommes dues", "montant du", "montant total", "amount", "balance"})
#: Places of a form letter, without their little words, and the name that fills them.
_PLACES = {
    "numero facture": "invoice.id", "facture numero": "invoice.id", "ref facture": "invoice.id", "reference facture": "invoice.id", "facture": "invoice.id", "num facture": "invoice.id", "n facture": "invoice.id",
    "date facture": "invoice.issued", "facture date": "invoice.issued", "date emission": "invoice.issued", "date echeance": "invoice.due", "echeance": "invoice.due", "date exigibilite": "invoice.due",
    "montant": "sums.total", "montant ttc": "sums.total", "montant facture": "invoice.open", "facture montant": "invoice.open", "montant du": "sums.total", "somme due": "sums.total", "solde": "sums.total", "reste du": "sums.total", "total": "sums.total", "total ttc": "sums.total", "total du": "sums.total",
    "nom client": "debtor.name", "client nom": "debtor.name", "client": "debtor.name", "nom": "debtor.name", "nom debiteur": "debtor.name", "raison sociale": "debtor.name", "societe": "debtor.name", "nom societe": "debtor.name", "destinataire": "debtor.name", "civilite nom": "debtor.name",
    "adresse": "debtor.address", "adresse client": "debtor.address", "date": "today", "date jour": "today", "aujourd'hui": "today", "jour": "today", "lieu date": "today",
    "date limite": "deadline", "date limite paiement": "deadline", "delai": "deadline", "iban": "payment.iban", "rib": "payment.iban", "bic": "payment.bic", "reference": "payment.reference", "reference paiement": "payment.reference", "lien paiement": "payment.link", "lien": "payment.link",
    "signature": "sender.signatory", "signataire": "sender.signatory", "telephone": "sender.phone", "nom creancier": "sender.name", "notre societe": "sender.name", "mon nom": "sender.signatory",
    "jours retard": "days_overdue", "nombre jours retard": "days_overdue", "retard": "days_overdue", "nb jours": "days_overdue", "interets": "sums.late_interest", "penalites": "sums.late_interest", "penalites retard": "sums.late_interest", "interets retard": "sums.late_interest", "indemnite": "sums.fixed_indemnity", "indemnite forfaitaire": "sums.fixed_indemnity",
}  # fmt: skip
_FILTERS = {
    "majuscules": "upper", "majuscule": "upper", "minuscules": "lower", "minuscule": "lower", "arrondi": "round", "arrondir": "round", "euros": "money", "euro": "money", "montant": "money",
    "monnaie": "money", "devise": "money", "premier": "first", "dernier": "last", "longueur": "length", "nombre": "length", "jour": "date", "format date": "date",
}  # fmt: skip
_FOLDED = {folded(written): name for written, name in _NAMES.items()}
_KEYWORDS = {
    "si": "if", "sinon": "else", "sinonsi": "elif", "sinon si": "elif", "fin": "endif", "fi": "endif", "finsi": "endif", "fin si": "endif", "pour": "for", "pour chaque": "for", "finpour": "endfor",
    "fin pour": "endfor", "inclure": "include", "else if": "elif", "elseif": "elif", "elsif": "elif", "end": "endif", "end if": "endif", "end for": "endfor", "foreach": "for",
}  # fmt: skip
_INSTRUCTION = re.compile(r"\{%-?\s*(.*?)\s*-?%\}")
#: A place to be filled as other tools write it: `{ name }`, `[NOM]`, `<<nom>>`, `${nom}`, `«Nom_client»`.
_MERGE_FIELD = re.compile(r"(?<![{$\\])\{ ?[a-z_]+(?:\.[a-z_]+)* ?\}(?!\})|(?<![{$\\%#])\{ ?[A-ZÀ-Ý][\w À-ÿ.'’-]{2,30} ?\}(?!\})|«[^\W\d_][\w À-ÿ.'’-]{2,30}»|<[A-ZÀ-Ý][A-ZÀ-Ý _]{2,}>|#[A-ZÀ-Ý_]{3,}#|(?<!\w)\$[A-ZÀ-Ý_]{3,}(?!\w)|\$\{ ?[\w.]+ ?\}|<<[\w .]+>>|\[[A-ZÀ-Ý][A-ZÀ-Ý_ ]{2,}\](?!\()|\[(?:[àa] (?:compl|remplir|préciser|renseigner|insérer)|insérer|compléter|préciser|nom|date|montant|somme|numéro|n°|adresse|signature|xxx|…)[^\]\n]{0,40}\](?!\()|«\s?\w+_\w+\s?»|(?<!\w)[XJMAD]{2}[/.-][XJMAD]{2}[/.-][XJMAD]{2,4}(?!\w)|%[A-ZÀ-Ý_]{3,}%|(?<!\w)@[A-Z_]{3,}(?!\w)|(?<!\w)X{3,}(?!\w)|_{4,}|(?<!\.)\.{5,}|…{2,}")


def near_name(written: str, known: Collection[str]) -> str | None:
    """Return the name that was meant: a table first, spelling last."""
    found = _FOLDED.get(folded(written))
    if found in known:
        return found
    close = next(iter(get_close_matches(written, known, 1, 0.7)), None)
    parts = [name for part in folded(written).split() if (name := _FOLDED.get(part, part)) in known]
    return close or (parts[0] if len(set(parts)) == 1 else None)


def within_group(written: str, groups: Mapping[str, Collection[str]]) -> str | None:
    """Return the part of a group that was meant by a word that stands alone: `sums.total` for `montant`, `debtor.name` for `nom`. The first group that has it."""
    if folded(written) in _ASKED:
        return "sums.total"
    leaf = _FOLDED.get(folded(written), written)
    return next((f"{group}.{leaf}" for group, names in groups.items() if leaf in names), None)


def whole_name(phrase: str, groups: Mapping[str, Collection[str]]) -> str | None:
    """Return the name that a phrase of several words means, a place of a form letter or a name with a dot: `debtor.name` for `NOM DU CLIENT`, `client.nom`, `Nom_client`."""
    plain = re.sub(r"\b(?:du|de|des|la|le|les|l'|d'|en|votre|notre|no?)\b ?|[°.]", " ", folded(phrase.replace(".", " ")))
    words = plain.split()
    if (said := _PLACES.get(" ".join(words))) is not None:
        return said
    roots = [(word, _FOLDED[word]) for word in words if _FOLDED.get(word) in groups]
    for word, root in roots:
        rest = " ".join(each for each in words if each != word)
        leaf = _FOLDED.get(rest, rest)
        if leaf in groups[root]:
            return f"{root}.{leaf}"
    return within_group(" ".join(words), groups) if len(words) == 1 else None


#: What people call the blocks that letters share.
_BLOCKS = {
    "conclusion": "closing", "fin": "closing", "formule": "closing", "politesse": "closing", "formule de politesse": "closing", "entete": "opening", "en tete": "opening", "ouverture": "opening", "salutation": "opening", "bonjour": "opening",
    "factures": "invoices", "facture": "invoices", "tableau": "invoices", "paiement": "payment", "reglement": "payment", "coordonnees bancaires": "payment", "rib": "payment", "sommes": "sums", "decompte": "sums", "montants": "sums",
    "parties": "parties", "historique": "history", "encaissements": "receipts", "signature": "signature", "compte": "account", "coordonnees": "contact",
}  # fmt: skip


def block_meant(stem: str) -> str | None:
    """Return the name of the block that a French word means."""
    return _BLOCKS.get(folded(stem))


def near_filter(message: str) -> Phrase | None:
    """Return the filter that was meant by the one that a message names in quotes."""
    named = re.search(r"'(\w+)'", message)
    found = _FILTERS.get(folded(named[1])) if named is not None else None
    return None if found is None else sentence("write '{written}'", written=f"| {found}")


def merge_fields(line: str, groups: Mapping[str, Collection[str]]) -> Iterator[tuple[str, Phrase]]:
    """Name each place that another tool would fill and that is printed as it stands, with what to write."""
    for found in _MERGE_FIELD.finditer(line):
        name = found[0].strip("{}$<>[]«»%@# ")
        if found[0][0] == "«" and "_" not in name and whole_name(name, groups) is None:
            continue  # a word in quotes
        if re.fullmatch(r"[XJMAD]{2}[/.-][XJMAD]{2}[/.-][XJMAD]{2,4}", found[0]):
            yield found[0], sentence("write '{written}'", written="{{ deadline }}")
        elif (meant := whole_name(name, groups)) is not None:
            yield found[0], sentence("write '{written}'", written=f"{{{{ {meant} }}}}")
        elif re.fullmatch(r"[a-z_]+(\.[a-z_]+)*", name) and found[0][0] in "{$":
            yield found[0], sentence("write '{written}'", written=f"{{{{ {name} }}}}")
        else:
            yield found[0], sentence("a name stands between {open} and {close}; `relance template vars` lists the names there are", open="{{", close="}}")


def unclosed(rows: Sequence[str]) -> tuple[int, str] | None:
    """Find the last instruction above a mistake that its own line does not close: its line, and it whole. One of several lines is read as it is."""
    for number in range(len(rows), 0, -1):
        begun = re.search(r"\{%-? *([a-z]+)([^%{}]*)$", rows[number - 1])
        behind = re.search(r"%\}|\{%", "\n".join(rows[number:]))
        if begun is not None and (behind is None or behind[0] == "{%"):
            return number, f"{{% {begun[1]}{begun[2].rstrip()} %}}"
    return None


def of_line(line: str) -> str | None:
    """Say what to write on a line that Jinja cannot read; None where that cannot be told."""
    for quote in ("“", "”", "«", "»", "’"):
        if any(quote in inner for inner in re.findall(r"\{[{%](.*?)[%}]\}", line)):
            return sentence("between braces quotes are straight: ' or \"")
    if (found := re.search(r"\{\{\{+\s*([\w.| ]+?)\s*\}+", line)) is not None:
        return sentence("write '{written}'", written=f"{{{{ {found[1]} }}}}")
    if (found := re.search(r"\{\{ ?[#/^](?:if |unless |each |with )? ?(\w+)", line)) is not None:
        return sentence("write '{written}'", written=f"{{% if {found[1]} %}}…{{% endif %}}")
    if (bare := re.search(r"\{%-? *((?:el)?if|for) *-?%\}", line)) is not None:
        return sentence("what is asked is missing: for example {example}", example="{% for invoice in invoices %}" if bare[1] == "for" else f'{{% {bare[1]} tone == "firm" %}}')
    if re.search(r"\{%[^%{}]*\}(?!\})|(?<!\{)\{[^%{}]*%\}", line):
        return sentence("write '{written}'", written="{% … %}")
    if re.search(r"\{\{[^{}]*\}(?!\})|(?<!\{)\{[^{}%]*\}\}", line):
        return sentence("write '{written}'", written="{{ … }}")
    for inner in re.findall(r"\{\{-?(.*?)-?\}\}", line):
        if (elided := re.fullmatch(r" *([a-zA-Z]{1,2}['’])([a-z_][\w.]*) *", inner)) is not None:
            return sentence("write '{written}'", written=f"{elided[1]}{{{{ {elided[2]} }}}}")
        if (later := re.fullmatch(r" *([a-z_][\w.]*) *\+ *(\d+) *(jours?|days?|j|semaines?|weeks?)? *", inner)) is not None and "jour" not in later[1]:
            days = int(later[2]) * (7 if later[3] and later[3][0] in "sw" else 1)
            if later[3]:
                return sentence("write '{written}'", written=f"{{{{ {later[1]} | plus_days({days}) }}}}")
        if (worded := re.fullmatch(r"( *[\w.]+) (ou|et) ([\w.'\" ]+)", inner)) is not None:
            return sentence("write '{written}'", written=f"{{{{{worded[1]} {'or' if worded[2] == 'ou' else 'and'} {worded[3].strip()} }}}}")
        if inner.count("'") % 2 or inner.count('"') % 2:
            name = whole_name(inner.strip().strip("\"'"), {}) or _FOLDED.get(folded(inner.strip().strip("\"'")))
            return sentence("write '{written}'", written=f"{{{{ {name} }}}}") if name is not None else sentence("close the quotes")
    for inner in re.findall(r"\{\{-?(.*?)-?\}\}", line):
        if (given := re.search(r"\|\s*(\w+)\s*:\s*([^|}]+?)\s*$", inner)) is not None:
            return sentence("write '{written}'", written=f"{{{{{inner[: given.start(1)]}{given[1]}({given[2]}) }}}}")
    for inner in re.findall(r"\{\{-?(.*?)-?\}\}", line):
        if re.fullmatch(r"[^\W\d_][\w' ’]+", inner.strip()) and " " in inner.strip() and (said := _place_meant(inner.strip())) is not None:
            return sentence("write '{written}'", written=f"{{{{ {said} }}}}")
    if line.count("{{") > line.count("}}") and (begun := re.search(r"\{\{ *([a-z_][\w.]*)(?![^{}]*\}\})", line)) is not None:
        return sentence("write '{written}'", written=f"{{{{ {begun[1]} }}}}")
    if "{#" in line and "#}" not in line:
        return sentence("write '{written}'", written="{# … #}")
    for inner in _INSTRUCTION.findall(line):
        if (said := _instruction(inner)) is not None:
            return said
    return None


def _place_meant(phrase: str) -> str | None:
    """Return the name that words within braces mean: `invoice.due` of `invoice due`, `sums.total` of `le montant dû`."""
    first, _, rest = folded(phrase).partition(" ")
    group = first if first in _NAMES.values() else None
    leaf = _FOLDED.get(rest, rest)
    return whole_name(phrase, {}) or (f"{group}.{leaf}" if group is not None and re.fullmatch(r"[a-z_]+", leaf) and leaf in {*_NAMES.values(), "open", "link"} else None)


#: How people compare in words.
_WORDED = (("superieur ou egal a", ">="), ("inferieur ou egal a", "<="), ("superieur a", ">"), ("superieure a", ">"), ("plus grand que", ">"), ("plus de", ">"), ("inferieur a", "<"), ("inferieure a", "<"), ("moins de", "<"), ("au moins", ">="), ("au plus", "<="))


def _instruction(inner: str) -> str | None:
    plain = folded(inner)
    if re.match(r"[a-z_.]+ *(?:==|!=|<|>)", inner):
        return sentence("write '{written}'", written=f"{{% if {inner} %}}")
    first = inner.split(" ", maxsplit=1)[0] if inner else ""
    if first.lower() in _KEYWORDS.values() and first != first.lower():
        return sentence("write '{written}'", written=f"{{% {first.lower()}{inner[len(first) :]} %}}")
    if re.fullmatch(r"(?:end|fin)[a-z]{0,4}", plain) and plain not in {"endif", "endfor"} and plain not in _KEYWORDS:
        return sentence("write '{written}'", written="{% endfor %}" if "o" in plain[3:] or "r" in plain[3:] else "{% endif %}")
    word = max((each for each in _KEYWORDS if plain == each or plain.startswith(f"{each} ")), key=len, default=None)
    if word is not None:
        return sentence("write '{written}'", written=" ".join(["{%", _KEYWORDS[word], *inner.split()[len(word.split()) :], "%}"]))
    if (looped := re.fullmatch(r"for (\S+) (?:dans|de|of|:|parmi|en) (\S+)", inner)) is not None:
        return sentence("write '{written}'", written=f"{{% for {looped[1]} in {looped[2]} %}}")
    if inner.startswith(("if ", "elif ")) and (said := re.search(r" (n'est pas|différent de|est égal à|égale?|vaut|est|equals) (?=[\"'\w])", inner)) is not None:
        return sentence("write '{written}'", written="{% " + inner.replace(said[0], " != " if said[1] in {"n'est pas", "différent de"} else " == ") + " %}")
    if inner.startswith(("if ", "elif ")) and (sign := next(((words, each) for words, each in _WORDED if f" {words} " in f" {plain} "), None)) is not None:
        tail = plain.partition(f" {sign[0]} ")[2]
        name = re.match(r"(?:if|elif) +([\w.]+)", inner)
        if name is not None and re.fullmatch(r"[\d ]+(?:[.,]\d+)?(?: ?(?:€|euros?))?", tail):
            number = re.sub(r"[^\d.]", "", tail.replace(",", "."))
            return sentence("write '{written}'", written=f"{{% {inner.split(maxsplit=1)[0]} {name[1]} {sign[1]} {number} %}}")
    if inner.startswith(("if ", "elif ")) and re.search(r"(?<![=!<>])=(?!=)|===", inner):
        again = re.sub(r"\s*(?:===|(?<![=!<>])=(?!=))\s*", " == ", inner)
        return sentence("write '{written}'", written="{% " + re.sub(r"== (courteous|neutral|firm|formal)\b", r'== "\1"', again) + " %}")
    if inner.startswith(("if ", "elif ")) and (joined := re.search(r" (et|ou|non|&&|\|\|) ", inner)) is not None:
        english = {"et": "and", "ou": "or", "non": "not", "&&": "and", "||": "or"}[joined[1]]
        return sentence("write '{written}'", written="{% " + inner.replace(f" {joined[1]} ", f" {english} ") + " %}")
    if re.match(r"(?:if|elif) ?.*!(?!=)", inner):
        return sentence("write '{written}'", written="{% " + re.sub(r"!(?!=)\s*", "not ", inner) + " %}")
    return None


def left_open(lines: Sequence[str]) -> tuple[int, str] | None:
    """Return the line of the first instruction that is opened and never closed, counted from 1, and what closes it."""
    opened: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        for inner in _INSTRUCTION.findall(line):
            word = inner.split(" ")[0] if inner else ""
            if word in {"if", "for"}:
                opened.append((number, word))
            elif word in {"endif", "endfor"} and opened and opened[-1][1] == word.removeprefix("end"):
                opened.pop()
    return (opened[0][0], f"{{% end{opened[0][1]} %}}") if opened else None
