"""All that is known of a person, for that person (GDPR art. 15): as data, and as a document in French.

Reads the journal, and leaves nothing of it out that is about him: what he is known by, what he owes, what happened, each document, how long each
kind of data is kept. Of colleagues it says nothing. What for and on which legal basis, the controller says: the text is a proposal.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from relance.interpreter.balance import balances
from relance.interpreter.invoice_state import still_open
from relance.journal.chain import Entry
from relance.journal.event_types import jsonable
from relance.journal.journal import Journal
from relance.journal.masterdata import record_of
from relance.journal.retention import kept_until
from relance.model import Facts
from relance.report import french
from relance.report.pages import page_of, part_of

_FIELDS: Mapping[str, str] = {
    "name": "Nom", "kind": "Qualité", "email": "Adresse électronique", "phone": "Téléphone", "address": "Adresse", "siren": "SIREN", "country": "Pays", "language": "Langue",
    "profile": "Profil de paiement", "score": "Note", "tags": "Étiquettes", "zone": "Fuseau horaire",
}  # fmt: skip
_WORDS = {"business": "professionnel", "consumer": "consommateur", "public": "personne publique"}
_KINDS = {"identity": "identité et coordonnées", "documents": "documents", "notes": "notes et motifs"}
_RIGHTS = (
    "Vous pouvez demander la rectification de données inexactes (RGPD, art. 16), leur effacement (art. 17), la limitation du traitement (art. 18), "
    "vous opposer au traitement (art. 21) et introduire une réclamation auprès de la CNIL (www.cnil.fr). L'effacement n'est pas dû pour ce que la loi "
    "oblige à conserver, ni pour ce qui est nécessaire à la constatation, à l'exercice ou à la défense de droits en justice (art. 17, paragraphe 3)."
)
_PURPOSE = (
    "Ces données servent au suivi et au recouvrement amiable des factures ci-dessous. Elles viennent du créancier, de ses comptes et de ses relevés "
    "bancaires, et de vos propres réponses. Elles sont communiquées au créancier et, en cas de transmission du dossier, à celui qui en est chargé."
)
_DECISIONS = (
    "Les relances suivent des règles écrites d'avance : échéance, montant, réponses et paiements reçus. Aucune décision produisant des effets juridiques "
    "n'est fondée exclusivement sur un traitement automatisé (art. 22)."
)


def all_known(journal: Journal, debtor: str, on: date) -> dict[str, Any] | None:
    """Return all that the journal holds of a debtor, plain enough for JSON; None where it knows nobody of that id."""
    creditors = [_of_creditor(journal, facts, on) for name in journal.creditors_of(debtor) for facts in journal.facts(name, debtor)]
    return {"version": 1, "debtor": debtor, "on": on.isoformat(), "creditors": creditors} if creditors else None


def _of_creditor(journal: Journal, facts: Facts, on: date) -> dict[str, Any]:
    creditor, debtor = facts.creditor, facts.debtor
    entries = list(journal.entries(creditor=creditor.id, debtor=debtor.id))
    open_ = still_open(facts, balances(facts, on), on)
    return {
        "creditor": {"id": creditor.id, "name": creditor.name or creditor.id},
        "identity": record_of(debtor),
        "invoices": [
            {"id": each.id, "issued": jsonable(each.issued), "due": each.due.isoformat(), "amount": jsonable(each.amount), "currency": each.currency,
             "open": jsonable(open_.get(each.id, Decimal(0))), **({"fields": dict(each.fields)} if each.fields else {})}
            for each in facts.invoices
        ],
        "events": [
            {"on": entry.on.isoformat(), "recorded": entry.recorded_at.isoformat(), "kind": entry.kind, "invoice": entry.invoice, "data": jsonable(dict(entry.data))}
            for entry in entries
        ],
        "documents": [
            {"on": entry.on.isoformat(), "name": entry.data.get("name"), "kind": entry.data["kind"], "sha256": entry.data["sha256"], "size": entry.data["size"]}
            for entry in entries if entry.kind == "document.attached"
        ],
        "kept_until": [{"kind": one.kind, "until": one.until.isoformat()} for one in kept_until(journal, creditor.id, debtor.id, on)],
    }  # fmt: skip


def pdf(journal: Journal, known: Mapping[str, Any], on: date) -> bytes:
    """Return the document in French; the same journal and day are the same bytes."""
    opening = (f"Établi le {french.day_in_french(on)}, à votre demande (règlement (UE) 2016/679, art. 15).", _PURPOSE, _DECISIONS, _RIGHTS)
    parts = [part for each in known["creditors"] for part in _parts(journal, known["debtor"], each)]
    return page_of("Données vous concernant", opening, parts, on)


def _parts(journal: Journal, debtor: str, known: Mapping[str, Any]) -> list[dict[str, Any]]:
    creditor = known["creditor"]["id"]
    identity = [[_FIELDS.get(name, name), _WORDS.get(value, value) if isinstance(value, str) else _value(value)] for name, value in known["identity"].items()]
    invoices = [
        [each["id"], french.day_in_french(date.fromisoformat(each["due"])), french.french_amount(Decimal(each["amount"]), each["currency"]), french.french_amount(Decimal(each["open"]), each["currency"])]
        for each in known["invoices"]
    ]  # fmt: skip
    entries = sorted(journal.entries(creditor=creditor, debtor=debtor), key=lambda entry: (entry.on, entry.seq))
    emitted = {str(entry.data["id"]): entry for entry in entries if entry.kind == "action.emitted" and "id" in entry.data}
    events = [[french.day_in_french(entry.on), entry.invoice or "", _sentence(entry, emitted)] for entry in entries]
    documents = [[french.day_in_french(date.fromisoformat(each["on"])), str(each["name"] or ""), french.DOCUMENTS.get(each["kind"], each["kind"])] for each in known["documents"]]
    periods = [[_KINDS.get(each["kind"], each["kind"]), french.day_in_french(date.fromisoformat(each["until"]))] for each in known["kept_until"]]
    return [
        part_of(f"Créancier : {known['creditor']['name']}", ("Donnée", "Valeur"), identity, "l1", [] if identity else ["Aucune donnée d'identité n'est conservée."]),
        part_of("Factures", ("Facture", "Échéance", "Montant", "Reste dû"), invoices, "1lll"),
        part_of("Ce qui s'est passé", ("Jour", "Facture", "Événement"), events, "ll1"),
        part_of("Documents conservés", ("Jour", "Nom", "Nature"), documents, "l1l", [] if documents else ["Aucun."]),
        part_of("Durées de conservation", ("Données", "Conservées jusqu'au"), periods, "1l", ["Comptées depuis le dernier événement ; elles repartent à chaque nouveau."]),
    ]  # fmt: skip


def _sentence(entry: Entry, emitted: Mapping[str, Entry]) -> str:
    about = emitted.get(str(entry.data.get("id", ""))) if entry.kind != "action.emitted" else None
    return french.entry_in_words(entry, about=about)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(str(each) for each in value.get("lines", value.values()))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
