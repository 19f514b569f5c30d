"""Plain data of the right shape → a frozen `Playbook`.

Everything here may assume that the schema holds; what the schema lets through is built, whatever the checks then say
of it. Refuses to judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from relance.language import parse
from relance.model import (
    Approvers,
    Asks,
    Calendar,
    Channel,
    Charge,
    Combine,
    Condition,
    ContactCap,
    ContactRules,
    Duration,
    EntryPoint,
    GrantsFrom,
    Instalments,
    OfferTerms,
    OnResume,
    OwnFieldKind,
    Pace,
    Pause,
    Playbook,
    Price,
    Repeat,
    Step,
    StepKind,
    Test,
    Tier,
    Tone,
    Unit,
    Waiver,
    WhenClosed,
)

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def playbook(raw: Mapping[str, Any]) -> Playbook:
    """Build a playbook from the value of a source that fits the schema."""
    late = raw.get("late", {})
    default = Playbook(raw["playbook"], raw["version"], raw["title"], ())
    return Playbook(
        id=default.id,
        version=default.version,
        title=default.title,
        steps=tuple(step(item) for item in raw["steps"]),
        description=raw.get("description", ""),
        debtor=raw.get("debtor", default.debtor),
        collector=raw.get("collector", default.collector),
        profiles=tuple(raw.get("profiles", ())),
        language=raw.get("language", default.language),
        unit=Unit(raw.get("unit", default.unit)),
        keeps_place=bool(raw.get("keeps_place", default.keeps_place)),
        combine=Combine(raw.get("combine", default.combine)),
        calendar=_calendar(raw.get("calendar", {})),
        contact=_contact(raw.get("contact", {})),
        entry=EntryPoint(late.get("entry", default.entry)),
        pace=Pace(late.get("pace", default.pace)),
        on_resume=OnResume(raw.get("on_resume", default.on_resume)),
        withdraw_after=parse.duration(raw["withdraw_after"]) if "withdraw_after" in raw else None,
        grace=parse.grace(raw["grace"]) if "grace" in raw else default.grace,
        min_balance=parse.decimal_amount(raw["min_balance"]) if "min_balance" in raw else None,
        price=_price(raw.get("price")),
        stop_when=_conditions(raw, "stop_when", default.stop_when),
        hold_while=_conditions(raw, "hold_while", default.hold_while),
        fields=tuple((name, OwnFieldKind(kind)) for name, kind in raw.get("fields", {}).items()),
        waive=tuple(Waiver(item["code"], item["reason"]) for item in raw.get("waive", ())),
        said=raw,
    )


def step(raw: Mapping[str, Any]) -> Step:
    """Build one step."""
    every = raw.get("repeat")
    return Step(
        id=raw["id"],
        at=parse.when(raw["at"]),
        channels=tuple(Channel(name) for name in raw["channels"]),
        title=raw.get("title", raw["id"]),
        kind=StepKind(raw.get("kind", StepKind.REMINDER)),
        after=tuple(raw.get("after", ())),
        condition=parse.condition(raw["if"]) if "if" in raw else None,
        fallback=tuple((Channel(key), Channel(value)) for key, value in raw.get("fallback", {}).items()),
        tone=Tone(raw["tone"]) if "tone" in raw else None,
        template=raw.get("template", raw["id"]),
        grants=_duration(raw, "grants"),
        grants_from=GrantsFrom(raw.get("grants_from", GrantsFrom.POSTING)),
        claim=tuple(Charge(name) for name in raw.get("claim", ())),
        asks=Asks(raw["asks"]) if "asks" in raw else _asks(raw),
        offer=_offer(raw["offer"]) if "offer" in raw else None,
        repeat=Repeat(parse.duration(every["every"]), None if every["times"] == "unlimited" else every["times"]) if every else None,
        once=raw.get("once", False),
        expires=_duration(raw, "expires"),
        when_closed=WhenClosed(raw["when_closed"]) if "when_closed" in raw else None,
        or_at=parse.when(raw["or_at"]) if "or_at" in raw else None,
        not_before=parse.when(raw["not_before"]) if "not_before" in raw else None,
        weekdays=_weekdays(raw["weekdays"]) if "weekdays" in raw else (),
        pauses=_pauses(raw),
        approval=raw.get("approval", "automatic") != "automatic",
        approvers=_approvers(raw.get("approval")),
        to=raw.get("to"),
        to_role=raw.get("to_role", ""),
        cc=tuple(raw.get("cc", ())),
        newcomers=bool(raw.get("newcomers", False)),
        formerly=tuple(raw.get("formerly", ())),
        cost=tuple((Channel(key), parse.decimal_amount(value)) for key, value in raw.get("cost", {}).items()),
    )


def _asks(raw: Mapping[str, Any]) -> Asks:
    """Return what a step asks that does not say it: a reminder that counts from a broken plan, and claims nothing beside the principal, asks the arrears."""
    reminds = raw.get("kind", StepKind.REMINDER) == StepKind.REMINDER and not raw.get("claim")
    return Asks.ARREARS if reminds and parse.when(raw["at"]).anchor == "plan.broken" else Asks.WHOLE


def _offer(raw: Mapping[str, Any]) -> OfferTerms:
    count = raw.get("instalments")
    parts = None if count is None else Instalments(count, parse.duration(raw.get("every", "1 month")), parse.duration(raw.get("first", "8 days")))
    return OfferTerms(_amount(raw, "settlement"), parts, raw.get("accepted_by") == "payment", bool(raw.get("again", False)))


def _approvers(raw: Any) -> Approvers:
    return Approvers(raw["by"], _amount(raw, "above")) if isinstance(raw, Mapping) else Approvers()


def _duration(raw: Mapping[str, Any], key: str) -> Duration | None:
    return parse.duration(raw[key]) if key in raw else None


def _calendar(raw: Mapping[str, Any]) -> Calendar:
    default = Calendar()
    return Calendar(
        holidays=raw.get("holidays", default.holidays),
        weekend=_weekdays(raw["weekend"]) if "weekend" in raw else default.weekend,
        when_closed=WhenClosed(raw.get("when_closed", default.when_closed)),
        pauses=_pauses(raw),
    )


def _weekdays(names: Iterable[str]) -> tuple[int, ...]:
    return tuple(sorted(WEEKDAYS.index(name) for name in names))


def _pauses(raw: Mapping[str, Any]) -> tuple[Pause, ...]:
    return tuple(Pause(parse.day_of_year(each["from"]), parse.day_of_year(each["to"])) for each in raw.get("pauses", ()))


def _contact(raw: Mapping[str, Any]) -> ContactRules:
    most = raw.get("at_most", [])
    return ContactRules(
        min_gap=_duration(raw, "min_gap"),
        at_most=tuple(_cap(each) for each in ([most] if isinstance(most, dict) else most)),
        hours=tuple((Channel(key), one) for key, value in raw.get("hours", {}).items() for one in ([value] if isinstance(value, str) else value)),
        replies_hold=raw.get("replies") == "hold",
    )


def _cap(raw: Mapping[str, Any]) -> ContactCap:
    return ContactCap(raw["contacts"], parse.duration(raw["within"]), frozenset(map(Channel, raw.get("channels", ()))))


def _price(raw: Mapping[str, Any] | None) -> Price | None:
    if raw is None:
        return None
    own = Price(_amount(raw, "amount"), raw.get("currency", "EUR"), parse.decimal_amount(raw["vat"]) if "vat" in raw else Decimal(20), _tiers(raw))
    others = {name: replace(own, amount=_amount(each, "amount") if "amount" in each else own.amount, success=_tiers(each) or own.success) for name, each in raw.get("creditors", {}).items()}
    return replace(own, creditors=others)


def _amount(raw: Mapping[str, Any], key: str) -> Decimal | None:
    return parse.decimal_amount(raw[key]) if key in raw else None


def _tiers(raw: Mapping[str, Any]) -> tuple[Tier, ...]:
    return tuple(Tier(parse.decimal_amount(each["percent"]), _amount(each, "up_to")) for each in raw.get("success", ()))


def _conditions(raw: Mapping[str, Any], key: str, default: tuple[Condition, ...]) -> tuple[Condition, ...]:
    if key not in raw:
        return default
    return tuple(Test(item, "is", value=True) if isinstance(item, str) else parse.condition(item) for item in raw[key])
