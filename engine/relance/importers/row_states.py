"""What the words of a column of states or of types mean for a claim, as French and English accounting software says them.

Data for `guess`. Words come without accents and punctuation, in small letters. What is in none of the lists is asked about.
"""

from __future__ import annotations

import re

#: Headers that tell the state of an invoice.
STATE_HEADERS = frozenset({
    "etat", "statut", "status", "state", "invoice status", "statut de la facture", "etat de la facture", "statut facture", "etat facture", "docstatus", "fk statut", "f fk statut",
    "workflow state", "etat du document", "statut du document", "document status", "etat de la piece", "statut de la piece", "statut piece", "etat piece", "etat document", "statut document",
})  # fmt: skip
#: Headers that tell whether an invoice was paid; heeded where no column says how much is open.
PAYMENT_HEADERS = frozenset({
    "statut du paiement", "statut de paiement", "statut paiement", "etat de paiement", "etat du paiement", "etat paiement", "payment status", "payment state", "etat du reglement", "statut du reglement",
    "facture payee", "facture payee 0 1", "payee", "paye", "paid", "is paid", "f paye",
})  # fmt: skip
#: Headers that say yes of an invoice that was issued for good.
VALID_HEADERS = frozenset({"valide", "validee", "document valide", "piece validee", "validated", "validee oui non", "posted", "submitted"})

#: States in which an invoice claims nothing: not issued yet, or taken back.
NO_CLAIM = re.compile(
    r"^(?:brouillons?|draft|annule(?:e|es|s)?|cancell?ed|cancel|void(?:ed)?|abandonne(?:e|es|s)?|abandoned|supprime(?:e|s)?|deleted|archive(?:e|es|s|d)?|devis|proforma|pro forma|"
    r"en preparation|a valider|en saisie|saisie?|non valide(?:e|s)?|not validated|non comptabilise(?:e|s)?|unposted|provisoires?|refuse(?:e|s)?|rejete(?:e|s)?|rejected|declined|"
    r"pending approval|en attente d approbation|awaiting approval|on hold|balanced|extourne(?:e|es|s)?|reversed|modele|template)$"
)
#: States in which nothing of an invoice is open.
PAID = re.compile(
    r"^(?:payee?s?|paid|regle(?:e|es|s)?|solde(?:e|es|s)?|acquitte(?:e|es|s)?|encaisse(?:e|es|s)?|lettre(?:e|es|s)?|cloture(?:e|es|s)?|closed|settled|in payment|en cours de paiement|"
    r"en paiement|credit note issued|avoir emis|note de credit emise|completely paid|fully paid|entierement payee?|totalement payee?|payee? integralement)$"
)
#: States in which some of an invoice was paid, which the state alone does not tell.
IN_PART = re.compile(r"^(?:partial(?:ly)?(?: paid)?|partly paid(?: and discounted)?|part paid|partiellement (?:payee?|reglee?)s?|payee? partiellement|reglee? partiellement|acompte verse|commencee?|started|reglement commence)$")
#: Numbers that stand for states, by header: the invoices that claim nothing (ERPNext's docstatus, Dolibarr's fk_statut).
NUMBERED = {"docstatus": frozenset({"0", "2"}), "fk statut": frozenset({"0", "3"}), "f fk statut": frozenset({"0", "3"})}
#: What is left, as words, of "Annulé(e)" and "payé·e·s" behind the word itself.
_BOTH_GENDERS = re.compile(r"(?<=\w\w) (?:e|s|es|e s)$")
YES = frozenset({"1", "oui", "o", "yes", "y", "true", "vrai", "x"})
NO = frozenset({"0", "non", "n", "no", "false", "faux", ""})

#: Types of rows that reduce what is owed by an invoice taken back, that claim, and that are neither.
CREDIT_NOTE = re.compile(
    r"^(?:av\w{0,2}|avoirs?(?: client| financier| comptabilise| de situation)?|facture(?: d)? avoir|credit(?: note| memo)?|note de credit|facture de credit|out refund|a|sc|refund|return|retour|customer credit note|facture rectificative avoir|s credit)$"
)
INVOICE = re.compile(
    r"^(?:fa|fac|fact|factures?|invoices?|out invoice|facture(?: de)? (?:client|vente|doit|standard|acompte|d acompte|de situation|situation|de remplacement|remplacement|finale|comptabilisee|recurrente)s?|standard invoice|"
    r"customer invoice|sales invoice|tax invoice|facture client|facture comptabilisee|f|fc|vt|ve|vente|si|situation|acompte|deposit invoice|down payment invoice|replacement invoice)$"
)
NO_INVOICE = re.compile(
    r"^(?:devis|estimates?|quotes?|quotation|proposition(?: commerciale)?|pro ?forma(?: invoice)?|facture proforma|bon de (?:commande|livraison)|commande(?: client)?|sales order|order|delivery note|"
    r"in invoice|in refund|vendor bill|facture fournisseur|bill|entry|ecriture|od|purchase invoice|in receipt|expense|depense)$"
)
PAYMENT = re.compile(
    r"^(?:payments?|paiements?|reglements?(?: client)?|encaissements?|virements?|cheques?|receipts?|sales receipt|recu de vente|re[cç]u|prelevements?|remboursements?|deposit|sr|sa|bq|rg|banque|refund receipt|journal entry|ecriture de journal|effets?|lcr|traites?)$"
)
#: Numbers that stand for types, by header (Dolibarr's type, ERPNext's and others' flag of a return).
NUMBERED_TYPES = {"f type": {"0": "invoice", "1": "invoice", "2": "credit_note", "3": "invoice", "5": "invoice"}}
RETURN_HEADERS = frozenset({"is return credit note", "is return", "est un retour note de credit", "est un retour", "avoir"})


def meant_by_type(header: str, said: str) -> str | None:
    """Say what a type of row means, `invoice`, `credit_note`, `payment` or `none`; None where it is not known."""
    if header in RETURN_HEADERS and said in YES | NO:
        return "credit_note" if said in YES else "invoice"
    if header in NUMBERED_TYPES:
        return NUMBERED_TYPES[header].get(said)
    for pattern, meant in ((CREDIT_NOTE, "credit_note"), (INVOICE, "invoice"), (NO_INVOICE, "none"), (PAYMENT, "payment")):
        if pattern.match(said):
            return meant
    return None


def meant_by_state(header: str, said: str) -> str | None:
    """Say what a state means: `none` (claims nothing), `paid`, `part`; None where it is another, so that the row is read."""
    said = _BOTH_GENDERS.sub("", said)
    if header in NUMBERED:
        return "none" if said in NUMBERED[header] else None
    if header in VALID_HEADERS:
        return "none" if said in NO else None
    if header in PAYMENT_HEADERS and said in YES | NO:
        return "paid" if said in YES else None
    for pattern, meant in ((NO_CLAIM, "none"), (PAID, "paid"), (IN_PART, "part")):
        if pattern.match(said):
            return meant
    return None
