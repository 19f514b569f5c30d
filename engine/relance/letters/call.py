"""The call sheet: who, what, what happened before, then the wording `call.md.j2`: script, objections, outcomes.

Owns the frame around the wording and the line that records the call. Knows no script.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from relance.letters.fields import Context
from relance.letters.markdown import Node
from relance.letters.wording import Text

_LABELS: Mapping[str, Mapping[str, str]] = {
    "fr": {
        "colon": "\u00a0: ", "then": "\u00a0; ", "title": "Fiche d’appel", "who": "Qui appeler", "what": "Ce qui est demandé", "before": "Ce qui s’est passé", "script": "Ce qu’on dit",
        "name": "Débiteur", "phone": "Téléphone", "email": "Courriel", "siren": "SIREN", "for": "Pour le compte de",
        "invoice": "Facture", "due": "Échéance", "open": "Reste dû", "late": "Retard (jours)", "total": "Total demandé", "day": "Jour", "how": "Moyen", "ref": "Référence",
        "nothing": "Aucun contact depuis l’échéance.", "kept": "Promesse", "by": "pour le", "broken": "non tenue", "came": "Reçu", "credited": "Avoir", "dispute": "Contestation en cours",
        "plan": "Échéancier", "agreed": "Échéancier convenu le {on}", "missed": "versement de {amount} prévu le {on}, non reçu", "lacks": "versement de {amount} prévu le {on}, il manque {missing}",
        "done": "L’appel fait, à enregistrer\u00a0:",
        "check": "Vérifier l’identité de la personne avant de parler du dossier\u00a0; ne rien dire à un tiers que son nom et un numéro où rappeler.",
    },
    "en": {
        "colon": ": ", "then": "; ", "title": "Call sheet", "who": "Whom to call", "what": "What is asked", "before": "What happened before", "script": "What to say",
        "name": "Debtor", "phone": "Telephone", "email": "E-mail", "siren": "SIREN", "for": "On behalf of",
        "invoice": "Invoice", "due": "Due", "open": "Outstanding", "late": "Days late", "total": "Total asked", "day": "Day", "how": "Channel", "ref": "Reference",
        "nothing": "No contact since the due date.", "kept": "Promise", "by": "for", "broken": "not kept", "came": "Received", "credited": "Credit note", "dispute": "Open dispute",
        "plan": "Payment plan", "agreed": "Payment plan agreed on {on}", "missed": "instalment of {amount} due on {on}, not received", "lacks": "instalment of {amount} due on {on}, {missing} missing",
        "done": "Once called, to be recorded:",
        "check": "Make sure whom you are speaking to before you speak of the case; tell anybody else nothing but your name and a number to call back.",
    },
}  # fmt: skip


def sheet(text: Text, context: Context) -> Text:
    """Return the whole sheet as a text: the frame, with the wording as its script."""
    says = _LABELS.get(context.language, _LABELS["en"])
    blocks: list[Node] = [["h", 2, [says["who"]]], _pairs(_who(context, says)), ["p", [["i", [says["check"]]]]]]
    blocks += [["h", 2, [says["what"]]], *_what(context, says)]
    blocks += [["h", 2, [says["before"]]], *_before(context, says)]
    blocks += [["h", 2, [says["script"]]], *text.blocks]
    blocks += [["hr"], ["p", [says["done"], " ", ["b", [f"relance call {context.reference} --outcome …"]]]]]
    return Text(f"{says['title']} – {context.debtor.name} – {context.reference}", blocks, text.constants)


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
        ["p", [says["total"] + says["colon"], ["b", [context.sums.total]]]],
    ]
    if context.sums.notes:
        found.append(["ul", [[["p", [note]]] for note in context.sums.notes]])
    return found


def _before(context: Context, says: Mapping[str, str]) -> list[Node]:
    found: list[Node] = []
    if context.history:
        rows = [[[each.on_short], [each.channel_name], [each.reference]] for each in context.history]
        found.append(["table", ["left", "left", "left"], [[says["day"]], [says["how"]], [says["ref"]]], rows, None])
    elif not (context.promise or context.plan or context.dispute):
        found.append(["p", [says["nothing"]]])
    found += [["p", [f"{says['credited' if each.credit_note else 'came']}{says['colon']}{each.amount}, {each.on}"]] for each in context.receipts]
    if context.plan:
        found.append(["p", [_plan(context, says)]])
    if context.promise:
        end = f", {says['broken']}" if context.promise.broken else ""
        found.append(["p", [f"{says['kept']}{says['colon']}{context.promise.amount} {says['by']} {context.promise.on}{end}"]])
    if context.dispute:
        part = f" ({context.disputed_total})" if context.disputed_total else ""
        found.append(["p", [f"{says['dispute']}{part}{says['colon']}{context.dispute}"]])
    return found


def _plan(context: Context, says: Mapping[str, str]) -> str:
    """Say that there is or was a plan, and what has not arrived of it."""
    plan = says["agreed"].format(on=context.plan_agreed) if context.plan_agreed else says["plan"]
    missed = [says["lacks" if part.in_part else "missed"].format(amount=part.amount, on=part.on, missing=part.missing) for part in context.missed]
    return says["colon"].join([plan, says["then"].join(missed)] if missed else [plan])
