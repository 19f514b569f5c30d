"""The mailbox of a role over tables reaches whom it reaches in the plain fold, on both sides of each bound."""

from datetime import date, timedelta
from decimal import Decimal

from tests.columnar.conftest_scale import ON, shipped
from tests.columnar.test_fold import same_views

from relance.columnar.engines import Engine
from relance.columnar.inputs import WHO, opened
from relance.columnar.mailboxes import house_mailboxes
from relance.columnar.schema import from_facts
from relance.interpreter.snapshot import reachable
from relance.model import Channel, Creditor, Debtor, Event, Facts, Invoice

PLAYBOOK = shipped("negligent")
BOX = {"role": "accounting", "email": "compta@d.example"}
DUE = ON - timedelta(20)


def debtor(name: str, *events: Event, kind: str | None = "business", email: str | None = None) -> Facts:
    return Facts(Creditor("alpha"), Debtor(name, kind=kind, email=email), (Invoice(f"{name}-1", DUE, Decimal(100)),), events)


def named(on: date, kind: str = "addressee.named", **data: str) -> Event:
    return Event(on, kind, data=data)


def test_both_folds_reach_the_same_debtors(engine: Engine) -> None:
    debtors = [
        debtor("today", named(ON, **BOX)),
        debtor("unknown-kind", named(ON, **BOX), kind=None),
        debtor("tomorrow", named(ON + timedelta(1), **BOX)),
        debtor("ended", named(DUE, **BOX), named(ON, "addressee.ended", role="accounting")),
        debtor("another-ended", named(DUE, **BOX), named(ON, "addressee.ended", role="director")),
        debtor("replaced", named(DUE, **BOX), named(ON, role="accounting", name="M. Sol")),
        debtor("salesman", named(DUE, **BOX | {"role": "salesman"})),
        debtor("consumer", named(DUE, **BOX), kind="consumer"),
        debtor("refused", named(DUE, **BOX), Event(ON, "channel.refused", data={"channel": "email"})),
        debtor("own", email="a@own.example"),
        debtor("nobody"),
    ]
    debtors = [Facts(each.creditor, each.debtor, each.invoices, tuple(Event(one.on, one.kind, seq=place, data=one.data) for place, one in enumerate(each.events))) for each in debtors]
    setting = opened(engine, from_facts(debtors).frames(), PLAYBOOK, ON)
    houses = house_mailboxes(setting)
    assert houses is not None
    found = set(engine.home(houses.join(setting.all_invoices.select(WHO, "debtor").unique(WHO), on=WHO, how="inner").select("debtor"))["debtor"])
    assert found == {"today", "unknown-kind", "another-ended", "consumer", "refused"}
    assert {facts.debtor.id for facts in debtors if reachable(facts, Channel.EMAIL, ON)} == {"today", "unknown-kind", "another-ended", "own"}
    assert same_views(engine, PLAYBOOK, debtors) == len(debtors) - 1  # the playbook is not for a consumer
