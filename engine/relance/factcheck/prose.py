"""The sentences of a finished text: each amount, day, percentage, number and reference in the part that its words give it.

A day after "at the latest" is a deadline, one after "our letter of" the day of a letter that was sent; what no word announces must be
known of the case all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from relance.factcheck.constants import Constants
from relance.factcheck.finding import Contradiction, sentence_around
from relance.factcheck.known import KnownCase, SentMessage
from relance.factcheck.reading import Mark, amounts, articles, days, flat, has_figures, plain, reference_places
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
        ("planned", (r"prevus? le", r"planned (?:for|on)")),
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
        #: What is open of the invoices that no plan is about, where there is one: by the books, and as the law leaves it after interest.
        self.beside_plan = _beside_plan(known)
        self.amounts = (
            self.left
            | known.offer.amounts
            | known.plans.missing
            | self.beside_plan
            | set(known.parts.values())
            | {amount for row in known.rows.values() for amount in row.amounts}
            | {amount for _, amount in known.received | known.plans.planned | known.promised}
            | known.contested
            | known.served
            | known.paid_in
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
        #: The number of another invoice has no digit, and may stand in a passage without any.
        self.wordy = any(not has_figures(name) for name in known.aside)
        #: Numbers of invoices that read as a day (`2026-03-12`), a reference or an article.
        self.alike = tuple(flat(name) for name in (*self.short, *known.aside) if _reads_as_more(flat(name)))

    # ------------------------------------------------------------- one passage

    def passage(self, sense: Sense, *, fruitless: bool = False, to_come: bool = False) -> Iterator[Contradiction]:
        """Read one paragraph, heading or item, in a list of what stayed without payment (`fruitless`) or of what is not due yet (`to_come`)."""
        if self.alike:
            sense = self.own(sense)
        text = sense.text
        to_come = bool(self.coming) and (to_come or sense.to_come)
        if sense.due and (wrong := self._due(sense)):
            yield wrong
        if sense.figures or self.wordy:
            for name, invoice in self.known.aside.items():
                if name in text and not (to_come and invoice.due in self.coming) and (at := _whole(sense, name)) is not None:
                    yield Contradiction("PB604", sentence_around(text, at, at + len(name)), sentence("this message does not ask invoice {name}", name=name))
        if not sense.figures:
            return
        for mark in sense.amounts:
            yield from self._amount(sense, mark, to_come=to_come)
        if sense.served:
            yield from self._parts(sense, *sense.served)
        if sense.scope:
            yield from self._scope(sense, sense.scope[1])
        for mark in sense.days:
            if not (to_come and mark.value in self.coming):
                yield from self._day(sense, mark, fruitless=fruitless)
        for mark in sense.references:
            yield from self._reference(text, mark)
        if sense.percentages:
            yield from self._percentages(sense)
        if sense.late or sense.counts:
            yield from self._numbers(sense)
        if sense.numbered:
            yield from self._invoices(sense)

    def own(self, sense: Sense) -> Sense:
        """Return what a passage says without what is a part of the number of an invoice of this debtor."""
        if not self.alike:
            return sense
        low = sense.low
        spans = [match.span() for name in self.alike if name in low for match in re.finditer(re.escape(name), low)]
        if not spans:
            return sense

        def left(marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
            return tuple(mark for mark in marks if not any(start <= mark.start and mark.end <= end for start, end in spans))

        return sense._replace(days=left(sense.days), references=left(sense.references), articles=left(sense.articles))

    def sums(self, sense: Sense, *, to_come: bool = False) -> Iterator[Contradiction]:
        """Read the amounts of a passage alone."""
        for mark in sense.amounts:
            yield from self._amount(sense, mark, to_come=to_come)

    @staticmethod
    def _parts(sense: Sense, start: int, end: int) -> Iterator[Contradiction]:
        """Hold what a payment is said to have served against the payment. The words of it begin at `start`, and the sums it served stand from `end` on."""
        paid = [mark.value for mark in sense.amounts if mark.end <= start]
        served = [mark.value for mark in sense.amounts if mark.start >= end]
        added = sum((amount for amount, _ in served), Decimal(0))
        if not any((added, {currency for _, currency in served}) == (amount, {currency}) for amount, currency in paid):
            yield Contradiction("PB609", sentence_around(sense.text, start, end), sentence("what the payment is said to have served adds up to {added}", added=added))

    def _scope(self, sense: Sense, start: int) -> Iterator[Contradiction]:
        """Hold what a plan is said to be about, from `start` on, and what is said behind a semicolon not to be, against the plan."""
        about, rows = self.known.plans.about, self.known.rows
        beside = place if (place := sense.low.find(";", start)) >= 0 else len(sense.low)
        for name, row in rows.items():
            at = _whole(sense, name, start)
            if at is not None and (at < beside) != (row.invoice.id in about):
                yield Contradiction("PB613", sentence_around(sense.text, at, at + len(name)), sentence("the plans in force are about {invoices}", invoices=_list(about)))
        for mark in sense.amounts:
            if mark.start > beside and mark.value[0] not in self.beside_plan:
                yield Contradiction("PB601", sentence_around(sense.text, mark.start, mark.end), sentence("{sums} is open of the invoices that no plan is about", sums=_list(self.beside_plan)))

    def _is_capital(self, low: str, mark: Mark) -> bool:
        """Say whether an amount is called a share capital and is one that a party's papers state, in the figures of another language."""
        return low.endswith("share capital of ", 0, mark.start) and any(mark.value == said.value for said in amounts(self.known.said))

    def _amount(self, sense: Sense, mark: Mark, *, to_come: bool) -> Iterator[Contradiction]:
        text, low = sense.text, sense.low
        amount, currency = mark.value
        if amount in self.constants.amounts or low[mark.start : mark.end] in self.known.said or self._is_capital(low, mark):
            return
        if currency != self.known.currency and not (currency == "EUR" and amount in self.known.amounts_of_law):
            yield Contradiction("PB601", sentence_around(text, mark.start, mark.end), sentence("this case is in {currency}", currency=self.known.currency))
            return
        match _asked(low[max(mark.start - _REACH, 0) : mark.start]):
            case "asked" | "left" as whole:
                if amount not in (self.left if whole == "left" else self.asked):
                    fact = sentence("what is asked is {total} {currency} ({principal} of principal)", total=self.known.total, currency=currency, principal=self.known.principal)
                    yield Contradiction("PB601", sentence_around(text, mark.start, mark.end), fact)
                return
            case "missing":
                if amount not in self.known.plans.missing:
                    yield Contradiction("PB601", sentence_around(text, mark.start, mark.end), sentence("no such sum is missing of the plan"))
                return
        if low.startswith(_A_DAY, mark.end) and amount != self.a_day:
            yield Contradiction("PB601", sentence_around(text, mark.start, mark.end), sentence("the interest of a day is {amount} {currency}", amount=self.a_day, currency=currency))
        elif amount not in self.amounts and not (to_come and amount in self.known.coming):
            yield Contradiction("PB601", sentence_around(text, mark.start, mark.end), sentence("{amount} {currency} is no sum of this case", amount=amount, currency=currency))
        else:
            item = _ITEM.match(low)
            if item and item.end() == mark.start and sense.days and sense.days[0].start == 0:
                pair = (sense.days[0].value, amount)
                if pair not in self.known.received | self.known.plans.planned | self.known.promised | self.known.offer.instalments:
                    yield Contradiction("PB601", text, sentence("no such sum came in, or was promised, on that day"))

    # ------------------------------------------------------------- days

    def _day(self, sense: Sense, mark: Mark, *, fruitless: bool) -> Iterator[Contradiction]:
        if mark.value in self.constants.days or sense.low[mark.start : mark.end] in self.known.said:
            return
        if mark.value is None:
            yield Contradiction("PB602", sentence_around(sense.text, mark.start, mark.end), sentence("no calendar has this day"))
        elif wrong := self._wrong_day(sense, mark, mark.value, fruitless=fruitless):
            yield Contradiction("PB605" if wrong.startswith("no ") else "PB602", sentence_around(sense.text, mark.start, mark.end), wrong)

    def _wrong_day(self, sense: Sense, mark: Mark, day: date, *, fruitless: bool) -> str:
        """Say why a day is not true here, or "" where it is; what begins with "no " tells of a message that was not sent."""
        low, references, known = sense.low, sense.references, self.known
        before = low[max(mark.start - _REACH, 0) : mark.start].rstrip("* ")
        if before.endswith(_OF) and (named := _NAMED_OF.search(before)):
            of = {invoice.issued for invoice in self.invoices if flat(plain(invoice.id)) == named["id"].strip("*")}
            return "" if not of or day in of else sentence("the invoice was issued on {days}", days=_list(of))
        if mark.start == 0 and (said := _ITEM_SENT.match(low, mark.end)):
            return self._wrong_sent(day, said["by"], None if not references else references[0].value, fruitless=fruitless)
        if mark.start == 0 and references and low.startswith(_ITEM_REFERENCE, mark.end):
            return self._wrong_sent(day, "", references[0].value, fruitless=fruitless)
        cue = _cue(before)
        match cue:
            case "payable":
                return "" if day in known.deadlines | self.dues | self.pledged else sentence("due on {days}", days=_list(self.dues))
            case "deadline":
                granted = (known.deadlines or self.days | self.pledged) | {due for due in self.dues if due >= known.on}
                return "" if day in granted else sentence("the deadline is {days}", days=_list(known.deadlines))
            case "due":
                return "" if day in self.dues or day in self.pledged else sentence("due on {days}", days=_list(self.dues))
            case "counted":
                return "" if day == known.on else sentence("the sums are of {on}", on=known.on)
            case "mandate":
                return "" if day == known.mandate else sentence("the mandate is of {day}", day=known.mandate)
            case "interest":
                return "" if day in self.starts else sentence("interest is asked from {days}", days=_list(self.starts))
            case "planned":
                return "" if day in self.pledged else sentence("what was agreed names {days}", days=_list(self.pledged))
            case "agreed":
                agreed = known.plans.agreed or self.pledged | set(self.by_day)
                return "" if day in agreed else sentence("agreed on {days}", days=_list(known.plans.agreed))
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
        return "" if day in self.days else sentence("{day} is no day of this case", day=day)

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

    def _percentages(self, sense: Sense) -> Iterator[Contradiction]:
        for mark in sense.percentages:
            if mark.value not in self.known.rates | self.constants.percentages and sense.low[mark.start : mark.end] not in self.known.said:
                yield Contradiction("PB603", sentence_around(sense.text, mark.start, mark.end), sentence("the rates of this case are {rates} %", rates=_list(self.known.rates)))

    def _numbers(self, sense: Sense) -> Iterator[Contradiction]:
        for mark in sense.late:
            late = {max((self.known.on - invoice.due).days, 0) for invoice in self.invoices}
            if mark.value not in late and sense.low[mark.start : mark.end] not in self.constants.text:
                yield Contradiction("PB603", sentence_around(sense.text, mark.start, mark.end), sentence("the invoices are {days} days late", days=_list(late)))
        for mark in sense.counts:
            asked = len(self.known.rows)
            if mark.value != asked and sense.low[mark.start : mark.end] not in self.constants.text:
                yield Contradiction("PB603", sentence_around(sense.text, mark.start, mark.end), sentence("this message asks {number} invoices", number=asked))

    # ------------------------------------------------------------- invoices

    def _due(self, sense: Sense) -> Contradiction | None:
        """Find an invoice that is called due and is to come."""
        named = [invoice for invoice in self.invoices if flat(plain(invoice.id)) in sense.low] or self.invoices
        invoice = next((each for each in named if each.due > self.known.on), None)
        if invoice is None:
            return None
        return Contradiction("PB610", sentence_around(sense.text, *sense.due[0]), sentence("invoice {id} is due on {due}, which is to come", id=invoice.id, due=invoice.due))

    def _invoices(self, sense: Sense) -> Iterator[Contradiction]:
        """Find what is called an invoice, or is made like the number of one, and is none of this message."""
        text = sense.text
        for called, start, end in sense.numbered:
            name = text[start:end].strip("*.»”’_")
            if not called and shape(name) not in self.shapes:
                continue
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
            if not called or not _ordinary(flat(name)):
                yield Contradiction(
                    "PB604", sentence_around(text, start, end), sentence("'{name}' is no invoice of this message: it asks {invoices}", name=name, invoices=_list(self.known.rows))
                )
                return


_OF = ("du", "of", "dated")
_NAMED_OF = re.compile(rf"(?:facture|invoice) (?:n° ?)?(?P<id>\S*\d\S*?)\*{{0,2}} (?:{'|'.join(_OF)})$")
#: What follows the interest of a day.
_A_DAY = (" par jour", " a day")
_ITEM_SENT = re.compile(r" ?: (?P<by>[a-z' -]+?)(?:,|$| \()")
#: How an item goes on behind its day that tells of a message by its reference.
_ITEM_REFERENCE = ", reference r-"


@lru_cache(maxsize=4096)
def shape(name: str) -> str:
    """Return how a number is made: letters, runs of digits and the marks between them; where a blank is one, the letters themselves: "au 04" is no "FA 101"."""
    runs = re.sub(r"\d+", "9", name)
    return runs if " " in runs else re.sub(r"[^\W\d_]+", "A", runs)


def _ordinary(name: str) -> bool:
    """Say whether what follows "invoice" is no number of one: a bare small number, a day."""
    return name.isdigit() and len(name) < 3


def _beside_plan(known: KnownCase) -> frozenset[Decimal]:
    left = [row for row in known.rows.values() if row.invoice.id not in known.plans.about] if known.plans.about else []
    return frozenset({sum((min(row.open) for row in left), Decimal(0)), sum((max(row.open) for row in left), Decimal(0))}) if left else frozenset()


def _whole(sense: Sense, name: str, start: int = 0) -> int | None:
    """Return where a number stands by itself in a passage: not as the start or the end of a longer one, nor within a day or an amount (`19` in "19 mars 2026")."""
    for match in re.compile(rf"(?<![\w/-]){re.escape(name)}(?![\w]|[/-]\w)").finditer(sense.text, start):
        if not any(mark.start <= match.start() and match.end() <= mark.end and mark[1:] != match.span() for mark in (*sense.days, *sense.amounts)):
            return match.start()
    return None


@lru_cache(maxsize=4096)
def _reads_as_more(name: str) -> bool:
    return bool(days(name) or (*articles(f"article {name}"), *reference_places(name)))


@lru_cache(maxsize=8192)
def _cue(before: str) -> str:
    """Name what the words before a day make of it; "" where they say nothing: most end in no word that announces a day."""
    if not before.endswith(_ANNOUNCES):
        return ""
    return next((name for name, pattern in _CUES if pattern.search(before)), "")


@lru_cache(maxsize=8192)
def _asked(before: str) -> str:
    """Name what the words before an amount make of it: `asked`, `left` to be paid in all, `missing` of a plan; "" where they say nothing."""
    asked = _ASKED.search(before)
    if asked and not before[: asked.start()].endswith("d'un "):
        return "left" if _LEFT.search(asked[0]) else "asked"
    return "missing" if _MISSING.search(before) else ""


def _last_word(words: str) -> str:
    found = _BY.findall(words)
    return found[-1] if found else ""


def _fits(sent: SentMessage, by: str) -> bool:
    if by.startswith(("mise", "formal")):
        return sent.notice
    return sent.channel in _CHANNELS.get(by, (sent.channel,))


def _list(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(values, key=str)) or (sentence("not known"),)
