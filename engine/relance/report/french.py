"""The journal in French: a sentence for every kind of entry, for the chronology that a bailiff or a court reads.

French because the readers are; owns sentences, amounts and days in words, and nothing of what they mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from relance.interpreter.action_state import ActionState
from relance.journal.chain import Entry
from relance.model import MANUAL_CHANNELS, REGISTERED, Channel, Sender
from relance.sentences import said_again

CHANNELS: Mapping[str, str] = MappingProxyType(
    {
        "email": "courriel",
        "letter": "lettre simple",
        "registered_letter": "lettre recommandée avec avis de réception",
        "electronic_registered_letter": "lettre recommandée électronique",
        "sms": "message texte (SMS)",
        "call": "appel téléphonique",
        "task": "tâche interne",
        "handover": "transmission",
        "webhook": "notification informatique",
    }
)
STEP_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "reminder": "Relance",
        "formal_notice": "Mise en demeure",
        "handover": "Transmission",
        "legal": "Acte ou procédure",
        "task": "Tâche",
    }
)
DOCUMENTS: Mapping[str, str] = MappingProxyType(
    {
        "quote": "devis",
        "order": "bon de commande",
        "contract": "contrat",
        "terms": "conditions générales",
        "delivery_note": "bon de livraison",
        "invoice": "facture",
        "letter": "courrier",
        "proof": "preuve d'envoi ou de réception",
        "sent": "document tel qu'envoyé",
    }
)
#: Fields of an invoice, as the line about a file that holds one otherwise names them.
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "amount": "montant",
        "currency": "devise",
        "due": "échéance",
        "issued": "date d’émission",
        "rate": "taux de pénalités",
        "nature": "nature de la créance",
        "placed": "date de remise du dossier",
        "delivered": "date de livraison",
        "performed": "date d’exécution",
        "document": "numéro de facture",
        "tags": "étiquettes",
        "terms": "conditions",
        "fields": "champs propres",
    }
)
_DAYS = frozenset({"due", "issued", "placed", "delivered", "performed"})
_SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "creditor.recorded": "Créancier enregistré",
        "debtor.recorded": "Coordonnées du débiteur enregistrées",
        "debtor.merged": "Débiteur réuni à un autre : c'est la même personne",
        "debtor.split": "Débiteur séparé d'un autre : ce sont deux personnes",
        "debtor.numbered": "Débiteur connu aussi sous un autre numéro",
        "debtor.forgotten": "Données personnelles effacées",
        "invoice.recorded": "Facture {invoice} : {amount}, échéance le {due}",
        "invoice.corrected": "Facture {invoice} rectifiée",
        "invoice.contradicted": "Facture {invoice} : un fichier donne {given} comme {field}, au lieu de {known} ; à vérifier avant tout envoi",
        "invoice.agreed": "Facture {invoice} : un fichier confirme ce qui était enregistré",
        "evidence.made": "Dossier de créance établi",
        "document.attached": "Pièce jointe au dossier : {kind}, {name}",
        "payment.received": "Paiement reçu : {amount}",
        "payment.reversed": "Paiement rejeté ou annulé : {amount}",
        "payment.reconciled": "Mouvement de {amount} rapporté par deux sources, compté une fois",
        "credit_note.issued": "Avoir émis : {amount}",
        "invoice.cancelled": "Facture annulée",
        "written_off": "Créance passée en perte",
        "dispute.opened": "Contestation reçue : {reason}",
        "dispute.closed": "Contestation close : {outcome}",
        "promise.made": "Promesse de payer {amount} le {by} au plus tard",
        "plan.agreed": "Échéancier convenu : {instalments}",
        "plan.cancelled": "Échéancier annulé",
        "offer.accepted": "Proposition acceptée",
        "offer.refused": "Proposition refusée : {reason}",
        "hold.placed": "Relances suspendues : {reason}",
        "hold.lifted": "Suspension levée",
        "profile.changed": "Profil du débiteur : {profile}",
        "playbook.changed": "Scénario de relance : {playbook}",
        "insolvency.opened": "Procédure collective ouverte{judged}, publiée le {published_on}",
        "insolvency.closed": "Procédure collective close",
        "contact.inbound": "Le débiteur a pris contact ({channel}) : {note}",
        "channel.refused": "Le débiteur refuse ce canal : {channel}",
        "person.known": "Situation du débiteur : {state}",
        "person.ended": "Fin de la situation : {state}",
        "addressee.named": "Interlocuteur du débiteur : {role}, {name}",
        "addressee.ended": "N’est plus interlocuteur : {role}",
        "judgment.given": "Jugement exécutoire {reference}",
        "limitation.interrupted": "Prescription interrompue : {by}",
        "limitation.suspended": "Prescription suspendue : {by}",
        "limitation.resumed": "La prescription reprend son cours",
        "payment.unmatched": "Paiement reçu de {amount}, à rapprocher {reference}",
        "payment.matched": "Paiement {reference} : n’est plus à rapprocher",
        "action.emitted": "{step_kind} ({step}) : {channel}",
        "action.approved": "Envoi approuvé",
        "action.endorsed": "Envoi approuvé par une première personne",
        "action.executed": "Exécuté : {outcome}",
        "action.failed": "Échec : {error}",
        "action.cancelled": "Envoi annulé : {reason}",
        "action.skipped": "Étape passée à la main : {reason}",
        "action.attempted": "Envoi tenté",
        "action.unclear": "Issue de l'envoi incertaine",
        "action.superseded": "Tâche remplacée par une étape suivante",
        "message.sent": "Message remis au transporteur",
        "letter.presented": "{letter} présentée {reference}",
        "letter.delivered": "{letter} distribuée {reference}",
        "letter.refused": "{letter} refusée {reference}",
        "letter.unclaimed": "{letter} non réclamée {reference}",
        "letter.returned": "{letter} retournée {reference}",
        "call.reached": "Appel : débiteur joint",
        "call.refused": "Appel : refus de payer",
        "call.no_answer": "Appel : sans réponse",
        "call.wrong_number": "Appel : numéro erroné",
        "order.filed": "Requête en injonction de payer déposée {reference}",
        "order.made": "Ordonnance portant injonction de payer rendue {reference}",
        "order.served": "Ordonnance signifiée {reference}",
        "order.opposed": "Opposition à l’ordonnance {reference}",
        "handed_over": "Dossier transmis : {to}",
        "case.closed": "Dossier clos",
        "case.reopened": "Dossier rouvert",
        "note": "Note : {note}",
    }
)
_TO = {"agency": "société de recouvrement", "bailiff": "commissaire de justice", "lawyer": "avocat", "court": "juridiction"}


def day_in_french(value: date) -> str:
    """Write a day out: 1er mars 2026."""
    from babel.dates import format_date

    text = format_date(value, "d MMMM y", locale="fr_FR")
    return text.replace("1 ", "1er ", 1) if value.day == 1 else text


def french_amount(amount: Decimal, currency: str = "EUR") -> str:
    """Write an amount as French does: 1 200,00 €."""
    from babel.numbers import format_currency

    return format_currency(amount, currency, locale="fr_FR")


def percent(rate: Decimal) -> str:
    """Write a rate in percent a year: 12,15 %."""
    from babel.numbers import format_decimal

    return f"{format_decimal(rate, locale='fr_FR')} %"


def entry_in_words(entry: Entry, currency: str = "EUR", about: Entry | None = None, act: ActionState | None = None) -> str:
    """Say in French what an entry of the journal says; `about` is the emission of the action that it speaks of.

    `act` is what became of an action that was emitted: the line then says whether anything was done.
    """
    data = dict(entry.data)
    currency = data.get("currency") or currency
    words = {name: _word(name, value, currency) for name, value in data.items()}
    words["invoice"] = entry.invoice or ""
    if entry.kind == "invoice.contradicted":
        words |= _told_otherwise(data, currency)
    words["step_kind"] = STEP_KINDS.get(str(data.get("kind", "reminder")), "Relance")
    if entry.kind.startswith(("letter.", "order.")):
        words["reference"] = f"(n° {data['reference']})" if data.get("reference") else ""
        registered = entry.kind != "letter.returned" if about is None else about.data.get("channel") in REGISTERED  # any letter comes back, of which the journal may name none
        words["letter"] = "Lettre recommandée" if registered else "Lettre"
    if data.get("judged_on"):
        words["judged"] = f" par jugement du {words['judged_on']}"
    own = entry.kind == "invoice.contradicted" and data["field"] == "fields"
    said = _OF_A_PART.get(entry.kind, _SENTENCES[entry.kind]) if "amount" in data else _SENTENCES[entry.kind]
    text = (_OTHER_FIELDS if own else said).format_map(_Blank(words)).rstrip(" :(")
    if entry.kind == "action.executed" and about is not None and about.data.get("sent_by") == Sender.RELANCE:
        text = text.replace("Exécuté", "Envoyé", 1)
    if entry.kind == "action.attempted" and about is not None and about.data.get("channel") == Channel.CALL:
        text = text.replace("Envoi", "Appel", 1)
    if entry.kind == "action.approved" and about is not None and about.data.get("sent_by") == Sender.OTHER:
        text += " — message remis pour envoi"
    if entry.kind == "action.emitted":
        text += _offered(data["offer"], data.get("claimed", {}).get("currency", currency)) if data.get("offer") else ""
        text += _fate(act) if act is not None else ", soumis à approbation" if data.get("draft") else ""
    if about is not None:
        text += f" — {about.data.get('step')}, {CHANNELS.get(str(about.data.get('channel')), '')}"
    if data.get("note") and "{note}" not in _SENTENCES[entry.kind]:
        text += f" — {data['note']}"
    return text


#: Of a part, the sentence names it.
_OF_A_PART: Mapping[str, str] = MappingProxyType({"written_off": "Somme passée en perte : {amount}", "dispute.opened": "Contestation reçue à hauteur de {amount} : {reason}"})
#: A creditor's own fields have no values in the chain: which of them differ is all that stands there.
_OTHER_FIELDS = "Facture {invoice} : un fichier donne d’autres valeurs aux champs propres {given} ; à vérifier avant tout envoi"


def _offered(offer: Mapping[str, Any], currency: str) -> str:
    """Say what a message offered."""
    amount = french_amount(Decimal(str(offer["amount"])), currency)
    return f", offre de {amount} pour solde" if offer.get("share") else f", offre de {amount} en {len(offer['instalments'])} versements"


def _told_otherwise(data: Mapping[str, Any], currency: str) -> dict[str, str]:
    """Name the field in which a file differs, and write both values as French does: an amount and a day are kept as text there."""
    field = str(data["field"])
    words = {name: _typed(field, str(data[name]), currency) if data[name] else "rien" for name in ("known", "given")}
    return {"field": FIELDS.get(field, field), **words}


def _typed(field: str, text: str, currency: str) -> str:
    if field == "amount":
        return french_amount(Decimal(text), currency)
    return day_in_french(date.fromisoformat(text)) if field in _DAYS else text


def _fate(act: ActionState) -> str:
    """Say of an action that was emitted whether it was carried out; nothing of one from a journal that does not tell emission from sending."""
    if act.waits:
        return ", en attente d'approbation"
    if act.draft:
        return ", soumis à approbation" if act.executed else f", soumis à approbation — sans {'envoi' if act.posted else 'suite'}"
    if act.channel in MANUAL_CHANNELS:
        return " — à faire" if act.executed else " — à faire, aucune suite consignée"
    if act.posted:
        return " — préparation" if act.executed else " — préparation, sans envoi"
    return " — message remis pour envoi" if act.sent_by is Sender.OTHER and act.executed else ""


class _Blank(dict[str, str]):
    """Words of a sentence; one that is not known is left blank."""

    def __missing__(self, key: str) -> str:
        return ""


#: What the engine itself writes as an outcome; a person's own words stay as they are.
_OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        "sent": "",  # the sentence says so
        "sent, a person says": "au dire d’une personne",
        "sent, as the postal provider says": "au dire du prestataire postal",
        "done": "fait",
        "reached": "débiteur joint",
        "reached, promised to pay": "débiteur joint, qui promet de payer",
        "reached, disputes the claim": "débiteur joint, qui conteste la créance",
        "reached, refuses to pay": "débiteur joint, qui refuse de payer",
        "left a message to call back": "message laissé, demandant de rappeler",
        "no answer": "sans réponse",
        "wrong number": "numéro erroné",
    }
)


def _outcome(said: str) -> str:
    first, _, rest = said.partition("; ")
    return "; ".join(filter(None, (_OUTCOMES.get(first, first), said_again(rest, "fr"))))


def _word(name: str, value: Any, currency: str) -> str:
    if isinstance(value, Decimal):
        return french_amount(value, currency)
    if isinstance(value, date):
        return day_in_french(value)
    if name == "channel":
        return CHANNELS.get(str(value), str(value))
    if name == "outcome":
        return _outcome(str(value))
    if name in ("reason", "error"):  # the engine's own are kept in English; a person's words stay as they are
        return said_again(str(value), "fr")
    if name == "kind":
        return DOCUMENTS.get(str(value), str(value))
    if name == "to":
        return _TO.get(str(value), str(value))
    if name == "instalments":
        return ", ".join(f"{french_amount(each['amount'], currency)} le {day_in_french(each['on'])}" for each in value)
    return str(value)
