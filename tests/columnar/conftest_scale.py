"""Random portfolios: every kind of event, on every level, in every order, with actions that went right and wrong."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

from cluster import QUICK

from relance.columnar.offers import offer_text
from relance.interpreter.action_state import in_order
from relance.interpreter.offer_outcomes import with_offers
from relance.interpreter.offers import offered
from relance.language import load_playbook
from relance.language.library import shipped_ids
from relance.model import (
    Address,
    Calendar,
    Channel,
    Claimed,
    ContactDay,
    Creditor,
    Debtor,
    Event,
    Facts,
    Invoice,
    InvoiceClaimed,
    OfferTerms,
    Playbook,
    Sender,
    Unit,
)

ROOT = Path(__file__).resolve().parents[2]
ON = date(2026, 6, 15)
PLAYBOOKS = list(shipped_ids())
#: How a debtor was contacted for another creditor, as far as anybody knows.
_OWN: tuple[dict[str, str], ...] = ({}, {}, {"formule": "or", "mois": "11,5"}, {"formule": "or", "mois": "12"}, {"garantie": "oui"}, {"signe": "2026-01-31"}, {"signe": "31/01/2026", "mois": "x"})
_WAYS = (None, Channel.EMAIL, Channel.SMS)


def read_on_the_day(facts: Facts) -> Facts:
    """Read what follows from offers as the day knew it, what came later behind it: a message that failed later made no offer, and the day did not know."""
    known = with_offers(replace(facts, events=tuple(event for event in facts.events if event.on <= ON)))
    return replace(known, events=(*known.events, *(event for event in facts.events if event.on > ON)))


def shipped(name: str) -> Playbook:
    """Load a shipped playbook."""
    playbook, _ = load_playbook(ROOT / "playbooks" / f"{name}.yaml")
    assert playbook is not None, name
    return playbook


#: How likely each kind is, common ones first; `rare` scales those of the plain fold.
COMMON = {"payment.received": 8, "credit_note.issued": 1, "dispute.opened": 2, "dispute.closed": 1, "hold.placed": 2, "hold.lifted": 1,
          "promise.made": 4, "invoice.cancelled": 0.3, "written_off": 0.4, "handed_over": 0.2, "case.closed": 0.3, "case.reopened": 0.3,
          "insolvency.opened": 0.2, "insolvency.closed": 0.1, "profile.changed": 0.3, "channel.refused": 0.6, "addressee.named": 0.6, "addressee.ended": 0.2, "contact.inbound": 1,
          "letter.presented": 0.5, "call.no_answer": 0.4, "order.served": 0.2, "call.refused": 0.1, "letter.refused": 0.2, "letter.unclaimed": 0.2, "letter.returned": 0.2, "letter.delivered": 0.2,
          "payment.reversed": 0.5, "note": 0.3}  # fmt: skip
RARE = {"plan.agreed": 1, "plan.cancelled": 0.3, "playbook.changed": 1, "limitation.interrupted": 0.5, "limitation.suspended": 0.3,
        "limitation.resumed": 0.3, "action.skipped": 1}  # fmt: skip
#: Where debtors are: most in Lyon or nowhere, some where there are holidays of its own.
WHERE = [*(Address(("1 rue de la Paix", "69001 Lyon")), None) * 4, Address(("1 rue Serpenoise", "57000 Metz")), Address(("12 rue Frébault", "97110 Pointe-à-Pitre")),
         Address(("5 rue du Général", "97133 Gustavia")), Address(("Fort-de-France",), "MQ"), Address(("57000 Street", "1000 Brussels"), "BE")]  # fmt: skip
DEBTOR_ONLY = {"profile.changed", "insolvency.opened", "insolvency.closed", "channel.refused", "addressee.named", "addressee.ended"}


def _day(rng: Random, back: int = 150, ahead: int = 10) -> date:
    return ON - timedelta(rng.randint(-ahead, back))


def _amount(rng: Random) -> Decimal:
    return Decimal(rng.choice([500, 1000, 4000, 10000, 50000, rng.randint(1, 90000)])) / 100


def _data(rng: Random, kind: str, on: date, playbook: Playbook) -> dict:
    match kind:
        case "payment.received" | "payment.reversed" | "credit_note.issued":
            return {"amount": _amount(rng)}
        case "dispute.opened":
            return {"reason": "x"} | ({"amount": _amount(rng)} if rng.random() < 0.5 else {})
        case "dispute.closed":
            return {"outcome": "x"}
        case "hold.placed":
            return {"reason": "x"} | ({"until": on + timedelta(rng.randint(0, 60))} if rng.random() < 0.7 else {})
        case "promise.made":
            return {"amount": _amount(rng), "by": on + timedelta(rng.randint(0, 40))}
        case "plan.agreed":
            return {"instalments": tuple({"on": on + timedelta(10 * n), "amount": _amount(rng)} for n in range(1, 3))}
        case "written_off":
            return {"amount": _amount(rng)} if rng.random() < 0.5 else {}
        case "profile.changed":
            return {"profile": rng.choice(["negligent", "forgetful"])}
        case "playbook.changed":
            moved = {"playbook": rng.choice([playbook.id, "another"])}
            return moved | ({"position": rng.choice(playbook.steps).id} if rng.random() < 0.5 else {})
        case "insolvency.opened":
            return {"published_on": on} | ({"judged_on": on - timedelta(rng.randint(0, 20))} if rng.random() < 0.5 else {})
        case "channel.refused":
            return {"channel": rng.choice(["email", "sms", "letter", "call"])}
        case "addressee.named" | "addressee.ended":
            named = {"role": rng.choice(["accounting", "director", "salesman"])}
            return named if kind == "addressee.ended" else named | ({"email": "role@d.example"} if rng.random() < 0.7 else {"name": "x"})
        case "limitation.interrupted":
            return {"by": rng.choice(["court", "acknowledgement"])}
        case "limitation.suspended":
            return {"by": rng.choice(["mediation", "suit", "over_indebtedness_plan"])}
        case "contact.inbound":
            return {"channel": "call", "note": "x"}
        case "handed_over":
            return {"to": "bailiff"}
    return {}


def _actions(rng: Random, playbook: Playbook, claim: Invoice, debtor: str, number: int) -> list[Event]:
    """Some steps of some playbook, as the journal has them, and what people said of them."""
    events = []
    account = playbook.unit is Unit.ACCOUNT if rng.random() < 0.9 else playbook.unit is not Unit.ACCOUNT
    case = f"{debtor}/{claim.currency}" if account else claim.id
    if rng.random() < 0.15:  # a duty of law is no step, and moves nothing
        on = claim.due + timedelta(rng.randint(0, 90))
        data = {"id": f"{number}-{claim.id}-duty-{rng.random()}", "playbook": playbook.id, "step": "duty.receipt", "occurrence": 1, "channel": Channel.TASK,
                "case": case, "carrier": claim.id, "draft": False}  # fmt: skip
        events.append(Event(on, "action.emitted", data=data, **({"invoice": None, "currency": claim.currency} if account else {"invoice": claim.id})))
    sent_by = rng.choice([None, Sender.RELANCE, Sender.RELANCE, Sender.OTHER])
    chosen = rng.sample(playbook.steps, rng.randint(1, len(playbook.steps)))
    for step in sorted(chosen, key=playbook.steps.index):
        on = claim.due + timedelta(rng.randint(-5, 90))
        for occurrence in range(1, 2 if step.repeat is None else rng.randint(2, 4)):
            for channel in step.channels:
                on += timedelta(rng.randint(0, 1) if occurrence == 1 else 7)
                name = f"{number}-{claim.id}-{step.id}-{occurrence}-{channel}-{rng.random()}"
                draft = step.approval if rng.random() < 0.9 else not step.approval
                used = channel if rng.random() < 0.9 else rng.choice([Channel.TASK, Channel.EMAIL])
                data = {"id": name, "playbook": playbook.id if rng.random() < 0.9 else "another", "step": step.id, "occurrence": occurrence,
                        "channel": used, "case": case, "carrier": claim.id, "draft": draft, "kind": step.kind}  # fmt: skip
                if account and rng.random() < 0.5:
                    data["invoices"] = (claim.id,)
                if step.offer is not None and rng.random() < 0.9:
                    data |= _offer(rng, step.offer, claim, on)
                if sent_by is not None:
                    data["sent_by"] = sent_by
                where = {"invoice": None, "currency": claim.currency} if account else {"invoice": claim.id}
                events.append(Event(on, "action.emitted", data=data, **where))
                for _ in range(rng.choice([0, 0, 1, 1, 2, 3])):
                    verb = rng.choice(["approved", "approved", "executed", "executed", "failed", "cancelled"])
                    if not (draft or sent_by is Sender.RELANCE or used in ("call", "task")) and rng.random() < 0.8:
                        continue
                    extra = {"error": "x"} if verb == "failed" else {"reason": "x"} if verb == "cancelled" else {}
                    events.append(Event(on + timedelta(rng.randint(0, 6)), f"action.{verb}", data={"id": name} | extra, **where))
    return events


def _offer(rng: Random, terms: OfferTerms, claim: Invoice, on: date) -> dict[str, Any]:
    """What a message offered, as the journal has it; now and then it names no invoice, which nobody writes."""
    until, asked = on + timedelta(rng.choice([0, 10, 40])), InvoiceClaimed(claim.id, claim.amount)
    claimed = Claimed(claim.currency, claim.amount, total=claim.amount, invoices=(asked,))
    made = offered(terms, claimed, until, Calendar())
    if made is None:
        return {}
    named = {"invoices": (claim.id,)} if rng.random() < 0.9 else {}
    return {**json.loads(str(offer_text(made, claimed))), "deadline": until, **named}


def _paying(rng: Random, events: list[Event]) -> list[Event]:
    """Answer some offers, and pay some of them to the cent."""
    found = []
    for event in events:
        if "offer" in event.data and rng.random() < 0.5:
            on, where = event.on + timedelta(rng.randint(0, 12)), event.data["carrier"]
            if rng.random() < 0.4:
                found.append(Event(on, rng.choice(["offer.accepted", "offer.accepted", "offer.refused"]), where))
            found.append(Event(on + timedelta(rng.randint(0, 9)), "payment.received", where, data={"amount": Decimal(event.data["offer"]["amount"])}))
    return found


def portfolio(seed: int, playbook: Playbook, *, debtors: int = 60, rare: float = 0.0, first: int = 0) -> list[Facts]:
    """Make a portfolio in which every (on, seq) of a debtor is one event; debtors and invoices are numbered from `first` on."""
    rng = Random(seed)
    found = []
    mandate = [Creditor("alpha", mandate=date(2020, 1, 1)), Creditor("beta", mandate=None, terms={"allocation": "principal_first"}), Creditor("delta", mandate=date(2020, 1, 1), terms={"mandate_until": str(ON - timedelta(1))}), Creditor("gamma", kind="individual", mandate=ON)]
    for number in range(first, first + debtors):
        creditor, name = rng.choice(mandate), f"d{number}"
        debtor = Debtor(
            name, kind=rng.choice(["business", "consumer", None, "business"]), profile=rng.choice(["negligent", None]),
            country=rng.choice(["FR", "BE", None]), language=rng.choice(["fr", None]), score=rng.choice([None, 10, 90]),
            email=rng.choice(["a@b.example", None]), phone=rng.choice(["+33600000000", None]),
            address=rng.choice(WHERE), tags=rng.choice([(), ("vip", "non-commercant")]),
        )  # fmt: skip
        claims = []
        for position in range(rng.randint(1, 4)):
            due = _day(rng, 150, 30) if rng.random() < 0.9 else _day(rng, 2600, 0)
            issued = rng.choice([None, due - timedelta(30), due - timedelta(10)])
            currency = "EUR" if rng.random() < 0.85 else "USD"
            claims.append(Invoice(f"F{number}-{position}", due, _amount(rng), currency, issued, tags=rng.choice([(), ("late",)]), placed=None if number % 3 else due + timedelta(position * 9 - 6), fields=_OWN[(number + position) % len(_OWN)], rate=rng.choice([None, None, Decimal(15)]),
                                  nature=rng.choice(["general", "transport"]), delivered=rng.choice([None, due - timedelta(30), due - timedelta(400), due + timedelta(9)]),
                                  performed=rng.choice([None, None, due - timedelta(700), due + timedelta(40)])))  # fmt: skip
        if rng.random() < 0.1 * (rare > 0):
            first = claims[0]
            claims[0:1] = [replace(first, id=f"{first.id}/{n}", document=first.id, due=first.due + timedelta(20 * n)) for n in (1, 2)]
        events: list[Event] = []
        kinds = COMMON | {kind: weight * rare for kind, weight in RARE.items()}
        for kind in rng.choices(list(kinds), list(kinds.values()), k=rng.randint(0, 7)):
            claim, on = rng.choice(claims), _day(rng)
            wide = kind in DEBTOR_ONLY or rng.random() < 0.15
            if kind in ("payment.received", "payment.reversed", "credit_note.issued", "promise.made", "plan.agreed", "action.skipped") and rng.random() > rare:
                wide = False
            if kind == "invoice.cancelled":
                wide = False
            where = {"invoice": claim.id}
            if wide:
                where = {"currency": claim.currency if kind not in DEBTOR_ONLY and (rng.random() < 0.5 or "payment" in kind) else None}
            elif claim.document and rng.random() < 0.3:
                where = {"invoice": claim.document}
            data = _data(rng, kind, on, playbook)
            if kind == "action.skipped":
                data = {"step": rng.choice(playbook.steps).id, "playbook": playbook.id, "reason": "x"}
            events.append(Event(on, kind, data=data, **where))
        for claim in claims:
            if rng.random() < 0.6:
                made = _actions(rng, playbook, claim, name, number)
                events += made + _paying(rng, made)
        order = sorted(events, key=lambda event: event.on)
        elsewhere = in_order(ContactDay(day, _WAYS[day.toordinal() % 3]) for day in {_day(rng) for _ in range(rng.choice([0, 0, 0, 2]))})
        events = [replace(event, seq=place) for place, event in enumerate(order)]
        found.append(Facts(creditor, debtor, tuple(claims), tuple(events), elsewhere))
    return found


#: The tables of a test are small, and to plan what runs on them takes the time: no Java is written and compiled for each stage, no plan is laid
#: again halfway, and nothing is derived about columns that no filter asks for. The jobs of test_cluster.py run as Spark does by itself.
_QUICK_PLANS = {
    "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.sql.shuffle.partitions": "2", "spark.default.parallelism": "2",
    "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN", "spark.sql.adaptive.enabled": "false",
    "spark.sql.constraintPropagation.enabled": "false",
}  # fmt: skip


def spark_session() -> Any:
    """Start a local Spark of two workers, or return None where there is no Java."""
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        return None
    from pyspark.sql import SparkSession

    made = SparkSession.builder.master("local[2]")
    for name, value in _QUICK_PLANS.items():
        made = made.config(name, value)
    return made.config("spark.driver.extraJavaOptions", QUICK).config("spark.log.level", "ERROR").getOrCreate()
