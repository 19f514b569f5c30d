"""The checks of law on a playbook (PB301 to PB319; those of pressure are next door): pure functions, `Playbook, Source → diagnostics`.

What each rule says, its article, and what is certain or prudence stand in `relance.law.rules`. Texts are checked elsewhere,
once rendered. Nothing here waives a finding; `may_waive` says which may be.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from difflib import get_close_matches

from relance.dates import written
from relance.language.checks.references import NOMINAL
from relance.language.code import check
from relance.language.codes import codes
from relance.language.source import Path, Source
from relance.law.deadlines import granted, kept_by_the_post
from relance.law.mentions import LEAST_DAYS
from relance.law.rules import rules
from relance.model import (
    CONTACT_CHANNELS,
    AllOf,
    AnyOf,
    Channel,
    Charge,
    Condition,
    Diagnostic,
    Duration,
    GrantsFrom,
    Playbook,
    Severity,
    Step,
    StepKind,
    Test,
    TimeUnit,
    WhenClosed,
)
from relance.sentences import sentence, shipped_text

#: Hours outside which nobody is called or sent a text message: prudence, no law says it.
PRUDENT_HOURS = ("08:00", "20:00")
#: Contacts in seven days beyond which a playbook is warned: prudence, no law says it.
PRUDENT_CONTACTS = 2
_ACCEPTANCE = 15  # CPCE (posts) R53-3
_LETTERS = frozenset({Channel.LETTER, Channel.REGISTERED_LETTER})
_DAYS = {TimeUnit.DAY: 1, TimeUnit.WEEK: 7, TimeUnit.MONTH: 28}


def may_waive(code: str) -> bool:
    """Say whether a playbook may waive a finding: never one that stands for a criminal offence, nor the refusal of a waiver."""
    return code != "PB319" and not _offence(code)


def _offence(code: str) -> bool:
    rule = rules().get(code)
    return rule is not None and rule.offence and rule.severity is Severity.ERROR


def why_not_waived(code: str) -> tuple[str, str] | None:
    """Say why a code cannot be waived, and the way out; None where it can. Codes of wordings are another floor's, and pass."""
    if _offence(code):
        return sentence("it stands for an offence ({law})", law=shipped_text(rules()[code].law)), sentence("change what it found")
    if code == "PB319":
        return sentence("a waiver that is refused stays refused"), sentence("leave the other waiver out")
    if code in rules() or code.startswith("PB4"):
        return None
    known = codes().get(code)
    if known is None:
        near = get_close_matches(code, codes(), 1, 0.7)
        return sentence("there is no finding of that code"), sentence("did you mean {near}?", near=near[0]) if near else sentence("`relance explain` lists the codes")
    return (sentence("it is a mistake of the file, and no choice"), sentence("mend what it found")) if known.severity is Severity.ERROR else None


@check()
def waivers(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """Refuse a waiver without a reason, of a criminal offence, of a mistake of the file, or of nothing there is (PB319)."""
    for number, waiver in enumerate(playbook.waive):
        where: Path = ("waive", number)
        refused = why_not_waived(waiver.code)
        if refused is not None:
            yield found_at(source, "PB319", (*where, "code"), sentence('"{code}" cannot be waived: {refused}', code=waiver.code, refused=refused[0]), refused[1])
        elif not waiver.reason.strip():
            yield found_at(
                source,
                "PB319",
                (*where, "reason"),
                sentence('the waiver of "{code}" gives no reason', code=waiver.code),
                sentence("say why the finding does not hold here"),
            )


@check()
def claims(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """Look at what steps claim: of whom, and when (PB301, PB302, PB303, PB312, PB313)."""
    noticed = False
    for number, step in enumerate(playbook.steps):
        for place, claim in enumerate(step.claim):
            where: Path = ("steps", number, "claim", place)
            yield from _of_whom(playbook, source, step, claim, where)
            early = step.at.anchor == "due" and step.at.offset is not None and step.at.offset.number < 0
            if early and claim in (Charge.LATE_INTEREST, Charge.FIXED_INDEMNITY):
                yield found_at(
                    source,
                    "PB312",
                    where,
                    sentence('step "{step}" comes before the due date, when no "{claim}" is owed', step=step.id, claim=claim),
                    sentence("claim it in a later step"),
                )
            if noticed or step.kind is StepKind.FORMAL_NOTICE:
                continue
            if claim is Charge.LEGAL_INTEREST:
                hint = sentence("claim it in a step after one of kind: formal_notice")
                yield found_at(source, "PB303", where, sentence('step "{step}" claims legal interest, and no formal notice comes before it', step=step.id), hint)
            if claim is Charge.CONTRACTUAL_PENALTY:
                hint = sentence("claim it in a step after one of kind: formal_notice")
                yield found_at(
                    source, "PB313", where, sentence('step "{step}" claims a contractual penalty, and no formal notice comes before it', step=step.id), hint
                )
        noticed = noticed or step.kind is StepKind.FORMAL_NOTICE


def _of_whom(playbook: Playbook, source: Source, step: Step, claim: Charge, where: Path) -> Iterator[Diagnostic]:
    if playbook.debtor != "consumer":
        return
    if claim is Charge.FIXED_INDEMNITY:
        yield found_at(
            source, "PB301", where, sentence('step "{step}" claims the fixed indemnity from a consumer, who does not owe it', step=step.id), sentence("leave it out")
        )
    if claim is Charge.COMPLEMENTARY_INDEMNITY:
        message = sentence('step "{step}" claims costs of recovery from a consumer, who does not owe them', step=step.id)
        yield found_at(source, "PB301", where, message, sentence("leave it out"))
    if claim is Charge.LATE_INTEREST:
        hint = sentence('claim "legal_interest" after the formal notice')
        yield found_at(source, "PB302", where, sentence('step "{step}" claims late interest between professionals from a consumer', step=step.id), hint)


@check()
def notices(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """Look at the time formal notices and electronic registered letters grant (PB304, PB305, PB314, PB315, PB325)."""
    for number, step in enumerate(playbook.steps):
        where: Path = ("steps", number)
        days = None if step.grants is None else least_days(step.grants)
        if step.kind is StepKind.FORMAL_NOTICE:
            if days is None:
                yield found_at(source, "PB305", where, sentence('the formal notice "{step}" grants no time to pay', step=step.id), sentence('add "grants: 15 days" or more'))
            elif days < LEAST_DAYS:
                yield found_at(
                    source,
                    "PB304",
                    (*where, "grants"),
                    sentence('the formal notice "{step}" grants less than eight days', step=step.id),
                    sentence("grant 8 days or more"),
                )
        yield from _by_post(source, step, days, where)
        if Channel.ELECTRONIC_REGISTERED_LETTER not in step.channels:
            continue
        channel = (*where, "channels", step.channels.index(Channel.ELECTRONIC_REGISTERED_LETTER))
        if playbook.debtor != "business":
            message = sentence('step "{step}" may send an electronic registered letter to a consumer, who must have agreed to that beforehand', step=step.id)
            yield found_at(source, "PB314", channel, message, sentence("use registered_letter, or keep the consents on file and waive this"))
        if days is not None and days < _ACCEPTANCE + LEAST_DAYS:
            message = sentence('"{step}" may be accepted for {acceptance} days, so that its deadline may come before it is read', step=step.id, acceptance=_ACCEPTANCE)
            yield found_at(source, "PB315", (*where, "grants"), message, sentence("grant {acceptance} days or more", acceptance=_ACCEPTANCE + LEAST_DAYS))


def _by_post(source: Source, step: Step, days: int | None, where: Path) -> Iterator[Diagnostic]:
    """PB325: a registered letter that grants less time than the post keeps it, counted from the day it leaves."""
    kept = kept_by_the_post(NOMINAL["due"])
    if Channel.REGISTERED_LETTER not in step.channels or days is None or days >= kept or step.grants_from is GrantsFrom.PRESENTATION:
        return
    message = sentence('"{step}" grants less than the {kept} days for which the post keeps a registered letter', step=step.id, kept=kept)
    hint = sentence('grant {kept} days or more, or say "grants_from: presentation"', kept=kept)
    yield found_at(source, "PB325", (*where, "grants"), message, hint)


@check()
def handover(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """Look for a first step that hands over or goes to court with nothing amicable before it (PB306)."""
    for number, step in enumerate(playbook.steps):
        if set(step.channels) & CONTACT_CHANNELS and step.kind is not StepKind.LEGAL:
            return
        if step.kind is StepKind.HANDOVER:
            message = sentence('"{step}" hands the case over before anything amicable was tried', step=step.id)
            yield found_at(source, "PB306", ("steps", number), message, sentence("let a reminder or a formal notice come first"))
            return


@check()
def calendar(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """Look for contacts that may fall on a Sunday or a holiday (PB307) or outside prudent hours (PB308)."""
    contacts = [(number, step) for number, step in enumerate(playbook.steps) if set(step.channels) & CONTACT_CHANNELS]
    if contacts and 6 not in playbook.calendar.weekend:
        yield found_at(
            source,
            "PB307",
            ("calendar", "weekend"),
            sentence("Sunday is no closed day here, so that debtors may be contacted on it"),
            sentence("add sunday to the weekend"),
        )
    keeps = playbook.calendar.when_closed is WhenClosed.KEEP
    if keeps and any(step.when_closed is None for _, step in contacts):
        message = sentence("dates that fall on a Sunday or a public holiday are kept")
        yield found_at(source, "PB307", ("calendar", "when_closed"), message, sentence("use when_closed: next"))
    for number, step in contacts:
        if step.when_closed is WhenClosed.KEEP:
            message = sentence('"{step}" may fall on a Sunday or a public holiday', step=step.id)
            yield found_at(source, "PB307", ("steps", number, "when_closed"), message, sentence("use when_closed: next"))
    for channel, hours in playbook.contact.hours:
        first, _, last = hours.partition("-")
        if first.strip() < PRUDENT_HOURS[0] or last.strip() > PRUDENT_HOURS[1]:
            message = sentence('"{hours}" is early or late in the day for a {channel}; no law sets hours, {prudent_hours} is prudent', hours=hours, channel=channel, prudent_hours="-".join(PRUDENT_HOURS))
            yield found_at(source, "PB308", ("contact", "hours", channel.value), message, sentence("narrow the hours, or waive this with the reason"))


@check()
def rhythm(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """Look for contact rules that let a debtor be contacted more than twice in seven days (PB309)."""
    rules_given = playbook.contact.min_gap is not None or any(not cap.channels for cap in playbook.contact.at_most)
    most = _most_in_a_week(playbook) if rules_given else _most_by_spacing(playbook)
    if most > PRUDENT_CONTACTS:
        where: Path = ("contact",) if rules_given else ("steps",)
        message = sentence("a debtor may be contacted {most} times in seven days; no law sets a number, two are prudent", most=most)
        yield found_at(source, "PB309", where, message, sentence('use "contact: {{min_gap: 4 days}}" or more'))


def _most_in_a_week(playbook: Playbook) -> int:
    """Return how many contacts the contact rules allow in seven days."""
    contact = playbook.contact
    by_gap = 7
    if contact.min_gap is not None and contact.min_gap.number > 0:
        gap = contact.min_gap
        by_gap = next(most for most in range(1, 8) if least_days(gap._replace(number=most * gap.number)) > 6)
    by_count = min((cap.contacts * -(-7 // max(1, least_days(cap.within))) for cap in contact.at_most if not cap.channels), default=7)
    return min(by_gap, by_count)


def _most_by_spacing(playbook: Playbook) -> int:
    """Return how many contacts the ladder's own spacing puts into seven days, each step on its written date; what counts from an event is left out."""
    days: dict[str, date] = dict(NOMINAL)
    contacts: set[date] = set()
    most = 1
    for step in playbook.steps:
        start = days.get(step.at.anchor)
        own = None if start is None else written(step.at, start, playbook.calendar)
        if own is not None:
            days[step.id] = days["previous"] = own
            if step.grants is not None:
                days[f"{step.id}.deadline"] = granted(own, step.grants, playbook.calendar, step.grants_from)
        if not set(step.channels) & CONTACT_CHANNELS:
            continue
        if step.repeat is not None and (step.repeat.times is None or step.repeat.times > PRUDENT_CONTACTS):
            most = max(most, 6 // max(1, least_days(step.repeat.every)) + 1)
        if own is not None:
            contacts.add(own)
    return max(most, max((sum(0 <= (other - day).days < 7 for other in contacts) for day in contacts), default=0))


@check()
def agency(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """Look for an agency's contact before its letter (PB310)."""
    if playbook.collector != "agency":
        return
    for number, step in enumerate(playbook.steps):
        channels = set(step.channels) & CONTACT_CHANNELS
        if not channels:
            continue
        where: Path = ("steps", number)
        if not channels & _LETTERS:
            message = sentence('the first contact of an agency is its letter, and "{step}" goes by {channels}', step=step.id, channels=sorted(channels))
            yield found_at(source, "PB310", (*where, "channels"), message, sentence("begin with a step by letter or registered_letter"))
        elif step.condition is not None:
            message = sentence("the agency's letter \"{step}\" is sent on a condition, so that a later contact may come without it", step=step.id)
            yield found_at(source, "PB310", (*where, "if"), message, sentence("send it to every debtor"))
        elif any(old in _LETTERS and new not in _LETTERS for old, new in step.fallback):
            message = sentence("the agency's letter \"{step}\" may leave by another channel", step=step.id)
            yield found_at(source, "PB310", (*where, "fallback"), message, sentence("let it become a task where the address is missing"))
        return


@check()
def newcomers(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """Look for a grave step of an agency that may be the first to name an invoice (PB318)."""
    for number, step in enumerate(playbook.steps):
        if step.newcomers and playbook.collector == "agency":
            message = sentence('"{step}" may ask an invoice that no letter of the agency has named', step=step.id)
            yield found_at(source, "PB318", ("steps", number, "newcomers"), message, sentence("leave newcomers out: such an invoice gets the letter first"))


@check()
def endings(playbook: Playbook, source: Source) -> Iterator[Diagnostic]:
    """Look for playbooks that go on after insolvency (PB316), or after limitation against a consumer (PB311)."""
    if not any(_mentions(condition, "insolvent") for condition in playbook.stop_when):
        message = sentence("an insolvent debtor is still pursued")
        yield found_at(source, "PB316", ("stop_when",), message, sentence("add insolvent to stop_when"))
    if playbook.debtor != "business" and not any(_mentions(condition, "time_barred") for condition in playbook.stop_when):
        message = sentence("a consumer is still asked for a time-barred claim")
        yield found_at(source, "PB311", ("stop_when",), message, sentence("add time_barred to stop_when"))


def _mentions(condition: Condition, fact: str) -> bool:
    """Say whether a fact alone makes a condition true."""
    match condition:
        case Test():
            return condition.fact == fact and condition.value is True
        case AnyOf():
            return any(_mentions(part, fact) for part in condition.parts)
        case AllOf():
            return len(condition.parts) == 1 and _mentions(condition.parts[0], fact)
        case _:
            return False


def least_days(duration: Duration) -> int:
    """Return the least calendar days a duration takes: five business days span a weekend."""
    if duration.unit is TimeUnit.BUSINESS_DAY:
        return duration.number + 2 * (duration.number // 5)
    return duration.number * _DAYS[duration.unit]


def found_at(source: Source, code: str, where: Path, message: str, hint: str) -> Diagnostic:
    """Return the finding of a rule at a place of a playbook, with the rule's severity and, where it is an error, its article."""
    rule = rules()[code]
    if rule.law and rule.law not in message and rule.severity is Severity.ERROR and code != "PB319":
        message = sentence("{message} ({law})", message=message, law=shipped_text(rule.law))
    return source.at(where).diagnostic(code, message, severity=rule.severity, hint=hint)


#: Every check of law on a playbook, for the registry.
