"""The call sheet: who, what, what happened before, the script at the tone of the step, and outcomes that become events.

Owns the frame around a wording `call.md.j2`. Outcomes name events of the journal (LANGUAGE.md 5), as `relance record` takes them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from relance.letters.fields import Context
from relance.letters.markdown import Node
from relance.letters.wording import Text
from relance.model import Action


class Outcome(NamedTuple):
    """What a call may end in, and the event that records it; `…` stands for what the caller fills in."""

    said: Mapping[str, str]
    event: str


OUTCOMES: tuple[Outcome, ...] = (
    Outcome({"fr": "Promet de payer : combien, quel jour", "en": "Promises to pay: how much, which day"}, "promise.made …amount …day"),
    Outcome(
        {"fr": "Dit avoir payé : quel jour, quelle référence", "en": "Says it was paid: which day, which reference"},
        "contact.inbound call …note",
    ),
    Outcome({"fr": "Conteste : ses mots, le montant", "en": "Disputes: in their words, how much"}, "dispute.opened …reason"),
    Outcome(
        {"fr": "Demande un échéancier : les dates et montants convenus", "en": "Asks for a plan: dates and amounts agreed"},
        "plan.agreed …instalments",
    ),
    Outcome({"fr": "Demande à ne plus être appelé", "en": "Asks not to be called any more"}, "channel.refused call"),
    Outcome(
        {"fr": "Procédure collective : date de publication", "en": "Insolvency: day of publication"}, "insolvency.opened …published_on"
    ),
    Outcome(
        {"fr": "Pas de réponse, message neutre laissé, ou autre personne", "en": "No answer, neutral message left, or somebody else"},
        "note …note",
    ),
)
_LABELS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "title": "Fiche d'appel", "who": "Qui appeler", "what": "Ce qui est demandé", "before": "Ce qui s'est passé", "script": "Ce qu'on dit",
        "outcomes": "Comment l'appel s'est terminé", "name": "Débiteur", "phone": "Téléphone", "email": "Courriel", "siren": "SIREN", "for": "Pour le compte de",
        "invoice": "Facture", "due": "Échéance", "open": "Reste dû", "late": "Retard (jours)", "total": "Total demandé", "day": "Jour", "how": "Moyen", "ref": "Référence",
        "nothing": "Aucun contact auparavant.", "event": "À enregistrer", "kept": "Promesse", "dispute": "Contestation en cours", "done": "Dans tous les cas",
        "check": "Vérifier l'identité de la personne avant de parler du dossier ; ne rien dire à un tiers que son nom et un numéro où rappeler.",
    },
    "en": {
        "title": "Call sheet", "who": "Whom to call", "what": "What is asked", "before": "What happened before", "script": "What to say",
        "outcomes": "How the call ended", "name": "Debtor", "phone": "Telephone", "email": "E-mail", "siren": "SIREN", "for": "On behalf of",
        "invoice": "Invoice", "due": "Due", "open": "Outstanding", "late": "Days late", "total": "Total asked", "day": "Day", "how": "Channel", "ref": "Reference",
        "nothing": "No contact so far.", "event": "To be recorded", "kept": "Promise", "dispute": "Open dispute", "done": "In every case",
        "check": "Make sure whom you are speaking to before you speak of the case; tell anybody else nothing but your name and a number to call back.",
    },
}  # fmt: skip


def sheet(text: Text, context: Context, action: Action) -> Text:
    """Return the whole sheet as a text: the frame, with the wording as its script."""
    says = _LABELS.get(context.language, _LABELS["en"])
    blocks: list[Node] = [["h", 2, [says["who"]]], _pairs(_who(context, says)), ["p", [["i", [says["check"]]]]]]
    blocks += [["h", 2, [says["what"]]], *_what(context, says)]
    blocks += [["h", 2, [says["before"]]], *_before(context, says)]
    blocks += [["h", 2, [says["script"]]], *text.blocks]
    rows: list[list[Node]] = [[[each.said.get(context.language, each.said["en"])], [each.event]] for each in OUTCOMES]
    rows.append([[["b", [says["done"]]]], [f"action.executed {action.id}"]])
    blocks += [["h", 2, [says["outcomes"]]], ["table", ["left", "left"], [[says["outcomes"]], [says["event"]]], rows, None]]
    return Text(f"{says['title']} – {context.debtor.name} – {context.reference}", blocks)


def _pairs(rows: Sequence[tuple[str, str]]) -> Node:
    return ["table", ["left", "left"], [[], []], [[[name], [value]] for name, value in rows if value], None]


def _who(context: Context, says: Mapping[str, str]) -> list[tuple[str, str]]:
    debtor = context.debtor
    return [
        (says["name"], debtor.name),
        (says["phone"], debtor.phone),
        (says["email"], debtor.email),
        (says["siren"], debtor.siren),
        (says["for"], context.creditor.name if context.agency else ""),
    ]


def _what(context: Context, says: Mapping[str, str]) -> list[Node]:
    rows = [[[line.id], [line.due_short], [str(line.days_overdue)], [line.open]] for line in context.invoices]
    head = [[says["invoice"]], [says["due"]], [says["late"]], [says["open"]]]
    found: list[Node] = [
        ["table", ["left", "left", "right", "right"], head, rows, None],
        ["p", [f"{says['total']} : ", ["b", [context.sums.total]]]],
    ]
    if context.sums.notes:
        found.append(["ul", [[["p", [note]]] for note in context.sums.notes]])
    return found


def _before(context: Context, says: Mapping[str, str]) -> list[Node]:
    found: list[Node] = []
    if context.history:
        rows = [[[each.on_short], [each.channel_name], [each.reference]] for each in context.history]
        found.append(["table", ["left", "left", "left"], [[says["day"]], [says["how"]], [says["ref"]]], rows, None])
    else:
        found.append(["p", [says["nothing"]]])
    if context.promise:
        found.append(["p", [f"{says['kept']} : {context.promise.amount}, {context.promise.on}"]])
    if context.dispute:
        found.append(["p", [f"{says['dispute']} : {context.dispute}"]])
    return found
