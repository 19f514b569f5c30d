"""Short names of what happens to a debtor, for lists and counts; whole sentences about one event are `report.french`'s."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from relance.sentences import Phrase, marked, sentence

#: What is told of a debtor, by kind of event (docs/language.md 5).
_NAMES: Mapping[str, str] = MappingProxyType({
    "payment.received": marked("payment received"),
    "payment.reversed": marked("payment taken back"),
    "payment.reconciled": marked("payment reported twice, counted once"),
    "payment.unmatched": marked("payment to match"),
    "payment.matched": marked("payment matched"),
    "credit_note.issued": marked("credit note"),
    "invoice.cancelled": marked("invoice cancelled"),
    "written_off": marked("claim written off"),
    "dispute.opened": marked("dispute"),
    "dispute.closed": marked("dispute closed"),
    "promise.made": marked("promise to pay"),
    "plan.agreed": marked("instalment plan agreed"),
    "plan.cancelled": marked("instalment plan cancelled"),
    "offer.accepted": marked("offer accepted"),
    "offer.refused": marked("offer refused"),
    "hold.placed": marked("reminders held"),
    "hold.lifted": marked("hold lifted"),
    "profile.changed": marked("debtor's profile changed"),
    "playbook.changed": marked("playbook changed"),
    "insolvency.opened": marked("insolvency opened"),
    "insolvency.closed": marked("insolvency closed"),
    "judgment.given": marked("judgment"),
    "contact.inbound": marked("message or call from the debtor"),
    "channel.refused": marked("channel refused by the debtor"),
    "person.known": marked("situation of the debtor known"),
    "person.ended": marked("situation of the debtor ended"),
    "addressee.named": marked("addressee named"),
    "addressee.ended": marked("addressee withdrawn"),
    "limitation.interrupted": marked("limitation interrupted"),
    "limitation.suspended": marked("limitation suspended"),
    "limitation.resumed": marked("limitation runs again"),
    "letter.presented": marked("registered letter presented"),
    "letter.delivered": marked("registered letter delivered"),
    "letter.refused": marked("registered letter refused"),
    "letter.unclaimed": marked("registered letter not claimed"),
    "letter.returned": marked("letter returned"),
    "call.reached": marked("call: reached"),
    "call.refused": marked("call: refuses to pay"),
    "call.no_answer": marked("call: no answer"),
    "call.wrong_number": marked("call: wrong number"),
    "order.filed": marked("order to pay asked of the court"),
    "order.made": marked("order to pay made"),
    "order.served": marked("order to pay served"),
    "order.opposed": marked("order to pay opposed"),
    "handed_over": marked("file handed over"),
    "case.closed": marked("case closed"),
    "case.reopened": marked("case reopened"),
    "note": marked("note"),
    "invoice.recorded": marked("invoice"),
    "invoice.corrected": marked("invoice corrected"),
    "invoice.contradicted": marked("invoice contradicted by a file"),
    "invoice.agreed": marked("invoice confirmed by a file"),
    "document.attached": marked("paper kept"),
})  # fmt: skip


def event_name(kind: str) -> Phrase:
    """Name a kind of event in a few words: `registered letter refused`. Raises KeyError for what is told of no debtor, such as `action.emitted`."""
    return sentence(_NAMES[kind])
