"""The sentences of a finished text: each amount, day, percentage, number and reference in the part that its words give it.

A day after "at the latest" is a deadline, one after "our letter of" the day of a letter that was sent; what no word announces must be
known of the case all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from relance.factcheck import reading
from relance.factcheck.constants import Constants
from relance.factcheck.finding import Contradiction, sentence_around
from relance.factcheck.known import KnownCase, SentMessage
from relance.factcheck.reading import Mark, flat, plain
from relance.factcheck.sense import Sense
from relance.law.interest import a_day
from relance.model import LETTERS, Channel
from relance.sentences import sentence

#: How far before a day or an amount a word still speaks of it.
_REACH = 64
_MESSAGES = "(?:lettres?|courriers?|courriels?|e-?mails?|messages?|appels?|sms|letters?|calls?|mises? en demeure|formal notices?|demarches?|ecrit|wrote|written|write)"
#: What the words before a day make of it, the most telling first; each pattern ends where the day begins.
_CUES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(f"(?:{'|'.join(words)})$"))
    for name, words in (
        ("payable", (r"payable by",)),
        ("deadline", (r"au plus tard le", r"d'ici (?:au|le)", r"reponse au", r"avant le", r"jusqu'au", r"\bby", r"no later than", r"at the latest on", r"\bbefore", r"\buntil")),
        ("due", (r"echeance,? (?:est )?(?:fixee )?(?:du|le|au)", r"fixee au", r"exigibles? depuis le", r"echues? (?:le|depuis le)", r"a (?:payer|regler) le", r"facture est le",
                 r"due (?:date of|date on|on|since)", r"due date(?: of [^,;:]{0,40})?,? (?:is|was|set for)", r"payable (?:on|since)", r"f[ae]lls? due on", r"became due on",
                 r"(?:to be|was) paid (?:on|by)", r"invoice is")),
        ("counted", (r"arrete au", r"restant du au", r"counted (?:up )?to", r"as (?:of|at|on)", r"outstanding principal on", r"principal outstanding on")),
        ("mandate", (r"mandat du", r"mandate (?:of|dated)")),
        ("interest", (r"interets?[^.;]{0,40} depuis le", r"interest[^.;]{0,40} (?:since|from)")),
        ("planned", (r"prevu le", r"planned (?:for|on)")),
        ("agreed", (r"(?:echeancier|convenus?|accord)[^.;:]{0,40} le", r"(?:plan|agreed)[^.;:]{0,30} on")),
        ("sent", (rf"{_MESSAGES}[^.;:]{{0,90}}? (?:du|le|of|on)", r"(?:envoyee?s?|sent|posted) (?:le|on)")),
    )
)  # fmt: skip
#: Every cue ends in one of these.
_ANNOUNCES = ("by", "le", "au", "du", "on", "of", "at", "is", "was", "to", "for", "from", "since", "until", "before", "dated", "than")
_BY = re.compile(
    r"lettre|letter|courriel|e-?mail|appel|call|sms|text message|mises? en demeure|formal notice|courrier|message|demarche|ecrit|wrote|written|write"
)
_CHANNELS: dict[str, frozenset[Channel]] = {
    "lettre": LETTERS, "letter": LETTERS, "courriel": frozenset({Channel.EMAIL}), "e-mail": frozenset({Channel.EMAIL}), "email": frozenset({Channel.EMAIL}),
    "appel": frozenset({Channel.CALL}), "call": frozenset({Channel.CALL}), "sms": frozenset({Channel.SMS}), "text message": frozenset({Channel.SMS}),
}  # fmt: skip
_ASKED = re.compile(
    r"(?:\b(?:la somme|the sum|the amount|reglement|payment|total|solde|balance|settlement)(?: a regler| asked| demandee?| of| de| du)*(?: ?: ?| de | of | )"
    r"|(?:regler|payer|acquitter|\bpay)(?: la somme de| the sum of| the amount of)? (?:\*\*)?|due est de |s'elevent a |outstanding (?:is|is now) |amounts? to |come to "
    r"|(?:restant du|outstanding principal|principal outstanding)[^.;]{0,40} ?: ?)$"
)
#: Words that speak of what is left to be paid in all, beside which a message may ask the arrears of a plan alone.
_LEFT = re.compile(r"solde|balance|restant du|outstanding")
_MISSING = re.compile(r"(?:il manque|missing|is missing|manque) $")
_LATE = re.compile(
    r"(?P<n>\d+) jours? (?:apres (?:son|leur) echeance|de retard)|depuis (?P<m>\d+) jours?|(?P<p>\d+) days? (?:after (?:its|their) due date|overdue|late|past due)"
    r"|(?:overdue|unpaid|late)[^.;]{0,20} (?:for|by) (?P<q>\d+) days?"
)
_COUNT = re.compile(r"(?<![\w,./-])(\d{1,4}) (?:factures|invoices)\b")
_OF_IT = re.compile(r"\**(?: (?:du|of|sent on)|,? (?:le|envoyee le|sent on)) ")
_THIS = re.compile(r"(?:cette lettre|ce courriel|ce courrier|ce message|this letter|this e-?mail|this message)[^.]{0,6}(?: (?:le|of|on|du))?$")
_REFERENCE = re.compile(r"[rR]-[0-9a-fA-F]{4}-")
_ITEM = re.compile(r"^.{1,24}? ?: ")


class Reader:
    """One text read against one case. `quote` is what a finding quotes from."""

    def __init__(self, known: KnownCase, constants: Constants) -> None:
        """Work out once what every sentence is held against."""
        self.known, self.constants = known, constants
        self.by_day: dict[date, list[SentMessage]] = {}
        for each in known.sent:
            self.by_day.setdefault(each.on, []).append(each)
        self.invoices = known.invoices
        self.dues = {invoice.due for invoice in self.invoices}
        self.issues = {invoice.issued for invoice in self.invoices if invoice.issued}
        self.pledged = {day for day, _ in known.plans.planned | known.promised | known.offer.instalments}
        self.starts = {segment.start for segment in known.segments}
        #: What may be asked, and what may be called the balance or outstanding: where the arrears of a plan are asked, the one is not the other.
        self.asked = ({known.total} if known.arrears is not None else {known.total, known.principal}) | known.offer.amounts
        self.left = {known.total, known.principal}
        self.a_day = a_day(known.segments, known.on)
        self.amounts = (
            self.left
            | known.offer.amounts
            | known.plans.missing
            | set(known.parts.values())
            | {amount for row in known.rows.values() for amount in row.amounts}
            | {amount for _, amount in known.received | known.plans.planned | known.promised}
            | known.contested
            | known.served
            | {known.credit}
            | {segment.base for segment in known.segments}
            | {self.a_day}
            | known.amounts_of_law
        )  # fmt: skip
        self.coming = {invoice.due for invoice in known.aside.values() if invoice.due >= known.on}
        self.days = (
            {known.on, known.mandate}
            | self.dues
            | self.issues
            | set(known.deadlines)
            | set(self.by_day)
            | {day for day, _ in known.received}
            | {day for _, day in known.assigned}
            | self.pledged
            | known.plans.agreed
        )
        self.shapes = {
            shape(name) for name in (*known.rows, *(invoice.document for invoice in self.invoices)) if any(each.isalpha() for each in name)
        }
        self.short = {invoice.document for invoice in self.invoices} | set(known.rows)

    # ------------------------------------------------------------- one passage

    def passage(self, sense: Sense, *, fruitless: bool = False, to_come: bool = False) -> Iterator[Contradiction]:
        """Read one paragraph, heading or item, in a list of what stayed without payment (`fruitless`) or of what is not due yet (`to_come`)."""
        text, low = sense.text, sense.low
        to_come = bool(self.coming) and (to_come or sense.to_come)
        if sense.due and (wrong := self._due(sense)):
            yield wrong
        yield from self._aside(text, to_come=to_come)
        if not sense.figures:
            return
        days, amounts = reading.days(low), reading.amounts(low)
        references = tuple(reading.reference_places(low)) if "r-" in low else ()
        for mark in amounts:
            yield from self._amount(text, low, mark, days, to_come=to_come)
        for mark in days:
            if to_come and mark.value in self.coming:
                continue
            yield from self._day(text, low, mark, references, fruitless=fruitless)
        for mark in references:
            yield from self._reference(text, mark)
        if "%" in low:
            yield from self._percentages(text, low)
        yield from self._numbers(text, low)
        yield from self._invoices(sense)

    def _amount(self, text: str, low: str, mark: Mark, days: Sequence[Mark], *, to_come: bool) -> Iterator[Contradiction]:
        amount, currency = mark.value
        if amount in self.constants.amounts or low[mark.start : mark.end] in self.known.said:
            return
        if currency != self.known.currency and not (currency == "EUR" and amount in self.known.amounts_of_law):
            yield Contradiction("PB601", sentence_around(text, mark.start, mark.end), sentence("this case is in {currency}", currency=self.known.currency))
            return
        before = low[max(mark.start - _REACH, 0) : mark.start]
        asked = _ASKED.search(before)
        if asked and not before[: asked.start()].endswith("d'un "):
            if amount not in (self.left if _LEFT.search(asked[0]) else self.asked):
                fact = sentence("what is asked is {total} {currency} ({principal} of principal)", total=self.known.total, currency=currency, principal=self.known.principal)
                yield Contradiction("PB601", sentence_around(text, mark.start, mark.end), fact)
        elif _MISSING.search(before):
            if amount not in self.known.plans.missing:
                yield Contradiction("PB601", sentence_around(text, mark.start, mark.end), sentence("no such sum is missing of the plan"))
        elif low.startswith(_A_DAY, mark.end) and amount != self.a_day:
            yield Contradiction("PB601", sentence_around(text, mark.start, mark.end), sentence("the interest of a day is {amount} {currency}", amount=self.a_day, currency=currency))
        elif amount not in self.amounts and not (to_come and amount in self.known.coming):
            yield Contradiction("PB601", sentence_around(text, mark.start, mark.end), sentence("{amount} {currency} is no sum of this case", amount=amount, currency=currency))
        else:
            item = _ITEM.match(low)
            if item and item.end() == mark.start and days and days[0].start == 0:
                pair = (days[0].value, amount)
                if pair not in self.known.received | self.known.plans.planned | self.known.promised | self.known.offer.instalments:
                    yield Contradiction("PB601", text, sentence("no such sum came in, or was promised, on that day"))

    # ------------------------------------------------------------- days

    def _day(self, text: str, low: str, mark: Mark, references: Sequence[Mark], *, fruitless: bool) -> Iterator[Contradiction]:
        day = mark.value
        if day in self.constants.days or low[mark.start : mark.end] in self.known.said:
            return
        wrong = self._wrong_day(low, mark, day, references, fruitless=fruitless)
        if wrong:
            yield Contradiction("PB605" if wrong.startswith("no ") else "PB602", sentence_around(text, mark.start, mark.end), wrong)

    def _wrong_day(self, low: str, mark: Mark, day: date | None, references: Sequence[Mark], *, fruitless: bool) -> str:
        """Say why a day is not true here, or "" where it is."""
        if day is None:
            return sentence("no calendar has this day")
        known = self.known
        before = low[max(mark.start - _REACH, 0) : mark.start].rstrip("* ")
        named = _NAMED_OF.search(before)
        if named:
            of = {invoice.issued for invoice in self.invoices if flat(plain(invoice.id)) == named["id"].strip("*")}
            return "" if not of or day in of else sentence("the invoice was issued on {days}", days=_list(of))
        if mark.start == 0 and (said := _ITEM_SENT.match(low, mark.end)):
            return self._wrong_sent(day, said["by"], None if not references else references[0].value, fruitless=fruitless)
        cue = _cue(before)
        match cue:
            case "payable":
                return _unless(day in known.deadlines | self.dues | self.pledged, sentence("due on {days}", days=_list(self.dues)))
            case "deadline":
                granted = (known.deadlines or self.days | self.pledged) | {due for due in self.dues if due >= known.on}
                return _unless(day in granted, sentence("the deadline is {days}", days=_list(known.deadlines)))
            case "due":
                return _unless(day in self.dues or day in self.pledged, sentence("due on {days}", days=_list(self.dues)))
            case "counted":
                return _unless(day == known.on, sentence("the sums are of {on}", on=known.on))
            case "mandate":
                return _unless(day == known.mandate, sentence("the mandate is of {day}", day=known.mandate))
            case "interest":
                return _unless(day in self.starts, sentence("interest is asked from {days}", days=_list(self.starts)))
            case "planned":
                return _unless(day in self.pledged, sentence("what was agreed names {days}", days=_list(self.pledged)))
            case "agreed":
                agreed = known.plans.agreed or self.pledged | set(self.by_day)
                return _unless(day in agreed, sentence("agreed on {days}", days=_list(known.plans.agreed)))
            case "sent":
                near = self._beside(low, mark, references)
                return self._wrong_sent(day, before, near, fruitless=fruitless)
        if day == known.on and _THIS.search(before):
            return ""
        near = self._beside(low, mark, references)
        if (
            near
            and near in self.known.references
            and any(each.reference == near for each in known.sent)
            and low[: mark.start].count(near.lower())
        ):
            return self._wrong_sent(day, "", near, fruitless=False)
        return _unless(day in self.days, sentence("{day} is no day of this case", day=day))

    def _beside(self, low: str, mark: Mark, references: Sequence[Mark]) -> str | None:
        """Return the reference that a day belongs to: "R-… of" it, else the first after it, else the last before it."""
        before = [each for each in references if 0 <= mark.start - each.end < 40]
        if before and _OF_IT.fullmatch(low, before[-1].end, mark.start):
            return str(before[-1].value)
        after = [each for each in references if 0 <= each.start - mark.end < 48]
        return str(after[0].value) if after else str(before[-1].value) if before else None

    def _wrong_sent(self, day: date, words: str, reference: str | None, *, fruitless: bool) -> str:
        """Say why no earlier message of these words was sent on a day, or ""."""
        if day == self.known.on and _THIS.search(words):
            return ""
        by = _last_word(words)
        found = [each for each in self.by_day.get(day, ()) if _fits(each, by)]
        own = reference is not None and not any(each.reference == reference for each in self.known.sent)
        if reference is not None and not own:
            found = [each for each in found if each.reference == reference]
        if not found:
            what = by or sentence("message")
            if reference and not own:
                return sentence("no {what} about these invoices was sent on {day} with reference {reference}", what=what, day=day, reference=reference)
            return sentence("no {what} about these invoices was sent on {day}", what=what, day=day)
        if fruitless and not any(each.on > due for each in found for due in each.dues):
            return sentence("no invoice listed was due before {day}: nothing stayed unpaid then", day=day)
        return ""

    def _reference(self, text: str, mark: Mark) -> Iterator[Contradiction]:
        if mark.value not in self.known.references:
            yield Contradiction(
                "PB605",
                sentence_around(text, mark.start, mark.end),
                sentence("{reference} is no reference of this message or of one that was sent before about these invoices", reference=mark.value),
            )

    # ------------------------------------------------------------- numbers

    def _percentages(self, text: str, low: str) -> Iterator[Contradiction]:
        for mark in reading.percentages(low):
            if mark.value not in self.known.rates | self.constants.percentages and low[mark.start : mark.end] not in self.known.said:
                yield Contradiction("PB603", sentence_around(text, mark.start, mark.end), sentence("the rates of this case are {rates} %", rates=_list(self.known.rates)))

    def _numbers(self, text: str, low: str) -> Iterator[Contradiction]:
        if "jour" in low or "day" in low:
            late = {max((self.known.on - invoice.due).days, 0) for invoice in self.invoices}
            for match in _LATE.finditer(low):
                said = int(next(each for each in match.groups() if each))
                if said not in late and match[0] not in self.constants.text:
                    yield Contradiction("PB603", sentence_around(text, match.start(), match.end()), sentence("the invoices are {days} days late", days=_list(late)))
        if "factures" in low or "invoices" in low:
            for match in _COUNT.finditer(low):
                if int(match[1]) != len(self.known.rows) and match[0] not in self.constants.text:
                    yield Contradiction("PB603", sentence_around(text, match.start(), match.end()), sentence("this message asks {number} invoices", number=len(self.known.rows)))

    # ------------------------------------------------------------- invoices

    def _due(self, sense: Sense) -> Contradiction | None:
        """Find an invoice that is called due and is to come."""
        named = [invoice for invoice in self.invoices if flat(plain(invoice.id)) in sense.low] or self.invoices
        invoice = next((each for each in named if each.due > self.known.on), None)
        if invoice is None:
            return None
        return Contradiction("PB610", sentence_around(sense.text, *sense.due[0]), sentence("invoice {id} is due on {due}, which is to come", id=invoice.id, due=invoice.due))

    def _aside(self, text: str, *, to_come: bool) -> Iterator[Contradiction]:
        """Find an invoice of this debtor that the message does not ask; one that is to come may be shown as such."""
        for name, invoice in self.known.aside.items():
            if name in text and (at := _whole(text, name)) is not None and not (to_come and invoice.due in self.coming):
                yield Contradiction("PB604", sentence_around(text, at, at + len(name)), sentence("this message does not ask invoice {name}", name=name))

    def _invoices(self, sense: Sense) -> Iterator[Contradiction]:
        """Find what is called an invoice, or is made like the number of one, and is none of this message."""
        text = sense.text
        for called, start, end in sense.numbered:
            if not called and not self.shapes:
                continue
            name = text[start:end].strip("*.»”’_")
            if (
                not name
                or _REFERENCE.match(name)
                or name in self.short
                or name in self.known.aside
                or flat(name) in self.known.said
                or flat(name) in self.constants.text
            ):
                continue
            if any(name in each or each.startswith(name) for each in self.short):
                continue
            if not _ordinary(flat(name)) if called else shape(name) in self.shapes:
                yield Contradiction(
                    "PB604", sentence_around(text, start, end), sentence("'{name}' is no invoice of this message: it asks {invoices}", name=name, invoices=_list(self.known.rows))
                )
                return


_NAMED_OF = re.compile(r"(?:facture|invoice) (?:n° ?)?(?P<id>\S*\d\S*?)\*{0,2} (?:du|of|dated)$")
#: What follows the interest of a day.
_A_DAY = (" par jour", " a day")
_ITEM_SENT = re.compile(r" ?: (?P<by>[a-z' -]+?)(?:,|$| \()")


@lru_cache(maxsize=4096)
def shape(name: str) -> str:
    """Return how a number is made: letters, runs of digits and the marks between them."""
    return re.sub(r"[^\W\d_]+", "A", re.sub(r"\d+", "9", name))


def _ordinary(name: str) -> bool:
    """Say whether what follows "invoice" is no number of one: a bare small number, a day."""
    return name.isdigit() and len(name) < 3


def _whole(text: str, name: str) -> int | None:
    """Return where a number stands by itself in a text, and not as the start or the end of a longer one."""
    match = re.search(rf"(?<![\w/-]){re.escape(name)}(?![\w]|[/-]\w)", text)
    return match.start() if match else None


@lru_cache(maxsize=8192)
def _cue(before: str) -> str:
    """Name what the words before a day make of it; "" where they say nothing: most end in no word that announces a day."""
    if not before.endswith(_ANNOUNCES):
        return ""
    return next((name for name, pattern in _CUES if pattern.search(before)), "")


def _last_word(words: str) -> str:
    found = _BY.findall(words)
    return found[-1] if found else ""


def _fits(sent: SentMessage, by: str) -> bool:
    if by.startswith(("mise", "formal")):
        return sent.notice
    return sent.channel in _CHANNELS.get(by, (sent.channel,))


def _unless(true: bool, fact: str) -> str:  # noqa: FBT001
    return "" if true else fact


def _list(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(values, key=str)) or (sentence("not known"),)
