"""The vocabulary: complete against the specification, round trips, and sentences for every mistake."""

import hashlib
import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.journal.chain import canonical, content_hash
from relance.journal.event_fields import FieldType
from relance.journal.event_types import INTERNAL, KINDS, PLAN_WORDS, PUBLIC, SCOPES, Scope, build, dump
from relance.law.limitation import INTERRUPTIONS, SUSPENSIONS
from relance.law.persons import PERSONS
from relance.law.recipients import ESTATE_ROLES
from relance.model import Channel, DebtorRole, Event, Sender

SPECIFIED = [
    "payment.received",
    "payment.reversed",
    "payment.reconciled",
    "payment.unmatched",
    "payment.matched",
    "credit_note.issued",
    "invoice.cancelled",
    "written_off",
    "dispute.opened",
    "dispute.closed",
    "promise.made",
    "plan.agreed",
    "plan.cancelled",
    "offer.accepted",
    "offer.refused",
    "hold.placed",
    "hold.lifted",
    "profile.changed",
    "playbook.changed",
    "insolvency.opened",
    "insolvency.closed",
    "judgment.given",
    "contact.inbound",
    "channel.refused",
    "person.known",
    "person.ended",
    "addressee.named",
    "addressee.ended",
    "limitation.interrupted",
    "limitation.suspended",
    "limitation.resumed",
    "action.emitted",
    "action.approved",
    "action.executed",
    "action.failed",
    "action.cancelled",
    "action.skipped",
    "letter.presented",
    "letter.delivered",
    "letter.refused",
    "letter.unclaimed",
    "letter.returned",
    "call.reached",
    "call.refused",
    "call.no_answer",
    "call.wrong_number",
    "order.filed",
    "order.made",
    "order.served",
    "order.opposed",
    "handed_over",
    "case.closed",
    "case.reopened",
    "note",
]


def test_every_event_of_the_language_is_there_and_no_other():
    assert set(PUBLIC) == set(SPECIFIED)
    assert not set(PUBLIC) & set(INTERNAL)


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40).filter(str.strip)
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
amounts = st.decimals(Decimal("0.01"), Decimal(999_999), places=2)
VALUES = {
    FieldType.MONEY: amounts,
    FieldType.DATE: days,
    FieldType.INT: st.integers(0, 10_000),
    FieldType.TEXT: texts,
    FieldType.CHANNEL: st.sampled_from(Channel),
    FieldType.SENDER: st.sampled_from(Sender),
    FieldType.BOOL: st.booleans(),
    FieldType.WORDS: st.lists(texts, min_size=1, max_size=3).map(tuple),
    FieldType.INSTALMENTS: st.lists(st.tuples(days, amounts), min_size=1, max_size=4, unique_by=lambda pair: pair[0]).map(
        lambda pairs: tuple({"on": day, "amount": amount} for day, amount in sorted(pairs))
    ),
    FieldType.MAPPING: st.dictionaries(texts, texts, min_size=1, max_size=3),
}


@st.composite
def events(draw):
    kind = draw(st.sampled_from(sorted(KINDS)))
    data = {name: draw(VALUES[field.type]) for name, field in KINDS[kind].items() if field.required or draw(st.booleans())}
    if kind.startswith("action.") and kind in PUBLIC:
        data |= {"step": draw(texts), "channel": draw(st.sampled_from(Channel))}
    if kind == "action.emitted":
        data |= {"occurrence": 2, "draft": True}
    for name in PLAN_WORDS.keys() & data.keys() if kind == "plan.agreed" else ():
        data[name] = draw(st.sampled_from(PLAN_WORDS[name]))
    if kind == "limitation.interrupted":
        data["by"] = draw(st.sampled_from(INTERRUPTIONS))
    if kind == "limitation.suspended":
        data["by"] = draw(st.sampled_from(sorted(SUSPENSIONS)))
    if kind.startswith("addressee."):
        data["role"] = draw(st.sampled_from([str(each) for each in DebtorRole]))
    if kind == "addressee.named":
        data.setdefault("name", "Anne Petit")
    if kind in {"person.known", "person.ended"}:
        data["state"] = draw(st.sampled_from(sorted(PERSONS)))
    if "role" in data and kind == "person.known":  # only an estate has somebody else to write to
        data |= {"state": "deceased", "role": draw(st.sampled_from(sorted(ESTATE_ROLES)))}
    if "judged_on" in data:
        data["judged_on"] = min(data["judged_on"], data["published_on"])
    scope = SCOPES[kind]
    invoice = draw(texts) if scope is Scope.INVOICE or (scope is Scope.ANY and draw(st.booleans())) else None
    currency = "EUR" if scope is Scope.ANY and "currency" not in KINDS[kind] and draw(st.booleans()) else None
    on = min([draw(days), *(data[name] for name in ("by", "until") if isinstance(data.get(name), date)), *(part["on"] for part in data.get("instalments") or ())])
    return Event(on, kind, invoice, currency, data=data)


@pytest.mark.parametrize(("kind", "name", "more"), [("promise.made", "by", {"amount": "10.00"}), ("hold.placed", "until", {"reason": "vacances"})])
def test_a_day_before_its_own_event_is_asked_about(kind, name, more):
    for day, taken in (("2026-03-02", True), ("2026-03-01", False)):
        event, mistakes = build({"on": "2026-03-02", "event": kind, name: day, **more})
        assert (event is not None) == taken
        assert taken or "which of the two is meant" in mistakes[0]


def test_an_instalment_before_the_day_of_its_plan_is_asked_about():
    for first, taken in (("2026-03-02", True), ("2026-03-01", False)):
        event, mistakes = build({"on": "2026-03-02", "event": "plan.agreed", "instalments": f"{first} 10.00, 2026-04-01 10.00"})
        assert (event is not None) == taken
        assert ["before the day of the event" in one for one in mistakes] == [True] * (not taken)


@given(events())
def test_what_is_written_is_read_back_the_same(event):
    again, mistakes = build(dump(event), internal=True)
    assert mistakes == ()
    assert again == event


WRONG = {
    "nothing": {},
    "no_such_event": {"on": "2026-02-20", "event": "payment.recieved", "amount": "1.00"},
    "unlike_any": {"on": "2026-02-20", "event": "zzz"},
    "internal": {"on": "2026-02-20", "event": "invoice.recorded"},
    "follows": {"on": "2026-02-20", "event": "promise.broken"},
    "misspelt_required": {"on": "2026-02-20", "event": "payment.received", "amout": "200.00"},
    "misspelt_day": {"onn": "2026-02-20", "event": "hold.lifted"},
    "several": {"on": "2026-02-30", "event": "promise.made", "amount": "-3"},
    "zero": {"on": "2026-02-20", "event": "payment.received", "amount": "0.00"},
    "comma": {"on": "2026-02-20", "event": "payment.received", "amount": "1 200,00"},
    "float": {"on": "2026-02-20", "event": "payment.received", "amount": 12.5},
    "channel": {"on": "2026-02-20", "event": "channel.refused", "channel": "emial"},
    "scope": {"on": "2026-02-20", "event": "profile.changed", "profile": "x", "invoice": "F-1"},
    "no_invoice": {"on": "2026-02-20", "event": "invoice.cancelled"},
    "currency": {"on": "2026-02-20", "event": "payment.received", "amount": "1", "currency": "euro"},
    "instalments": {"on": "2026-02-20", "event": "plan.agreed", "instalments": [{"on": "2026-03-01", "amout": "1"}]},
    "instalments_order": {"on": "2026-02-20", "event": "plan.agreed", "instalments": "2026-03-01 5, 2026-02-01 5"},
    "which_action": {"on": "2026-02-20", "event": "action.failed", "error": "bounced"},
    "control": {"on": "2026-02-20", "event": "note", "note": "a\x00b"},
    "long": {"on": "2026-02-20", "event": "note", "note": "a" * 30_000},
}


def test_every_mistake_is_a_sentence(snapshot):
    lines = []
    for name, raw in WRONG.items():
        event, mistakes = build(raw)
        assert event is None
        assert mistakes
        lines += [f"{name}: {mistake}  ({mistake.field})" for mistake in mistakes]
    snapshot.assert_match("\n".join(lines) + "\n", "mistakes.txt")


@pytest.mark.parametrize("value", [None, "", "  "])
def test_an_empty_cell_is_no_value(value):
    event, mistakes = build({"on": "2026-02-20", "event": "hold.placed", "reason": "vacances", "until": value})
    assert mistakes == ()
    assert "until" not in event.data


@pytest.mark.parametrize("by", ["acknowledgement", "court", "enforcement"])
def test_what_interrupts_limitation_is_taken(by):
    assert build({"on": "2026-03-05", "event": "limitation.interrupted", "by": by})[1] == ()


@pytest.mark.parametrize("by", ["registered_letter", "mise en demeure", "reconnaissance"])
def test_what_interrupts_nothing_is_refused(by):
    (mistake,) = build({"on": "2026-03-05", "event": "limitation.interrupted", "by": by})[1]
    assert mistake.field == "by"
    assert "acknowledgement" in mistake


def test_a_judgment_is_given_before_it_is_published():
    given = {"on": "2026-03-05", "event": "insolvency.opened", "published_on": "2026-03-01"}
    assert build(given | {"judged_on": "2026-02-20"})[1] == ()
    (mistake,) = build(given | {"judged_on": "2026-03-02"})[1]
    assert mistake.field == "judged_on"


def test_what_a_person_types_becomes_typed():
    event, _ = build({"on": "2026-02-20", "event": "plan.agreed", "instalments": "2026-03-01 100.00, 2026-04-01: 50"})
    assert event.data["instalments"] == ({"on": date(2026, 3, 1), "amount": Decimal(100)}, {"on": date(2026, 4, 1), "amount": Decimal(50)})
    event, _ = build({"on": "2026-02-20", "event": "action.emitted", "step": "s", "channel": "call", "draft": "true", "occurrence": "2"})
    assert event.data["draft"] is True
    assert event.data["occurrence"] == 2
    assert event.data["channel"] is Channel.CALL


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@given(json_values, st.lists(st.none() | st.integers() | st.text()))
def test_the_canonical_form_is_sorted_compact_json(value, columns):
    assert canonical(value) == json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    text = json.dumps(columns, separators=(",", ":"), ensure_ascii=False)
    assert content_hash(tuple(columns)) == hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()


@pytest.mark.parametrize(("said", "field"), [({"serves": "interest", "interest": "runs"}, None), ({"serves": "capital"}, "serves"), ({"interest": "none"}, "interest"), ({"late": "ends"}, None), ({"late": "never"}, "late")])
def test_a_plan_says_what_its_money_serves_and_whether_interest_runs_in_words_that_are_known(said, field):
    raw = {"on": "2026-03-05", "event": "plan.agreed", "instalments": [{"on": "2026-04-01", "amount": "10.00"}], **said}
    assert [mistake.field for mistake in build(raw)[1]] == ([] if field is None else [field])
