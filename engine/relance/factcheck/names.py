"""Who a finished text names: in the address, the parties, the salutation, the signature, and the account that is to be paid."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from relance.factcheck import reading
from relance.factcheck.finding import Contradiction
from relance.factcheck.finished import Finished, Passage, TextTable
from relance.factcheck.known import KnownCase
from relance.factcheck.reading import flat, plain
from relance.factcheck.sense import Sense
from relance.law.recipients import OTHERS
from relance.sentences import joined, sentence

_ATTENTION = re.compile(r"^(?P<name>.+?), (?:a l'attention d|for the attention of|attention )")
_BEHALF = re.compile(
    r"(?:pour le compte du creancier|on behalf of the creditor|au creancier|for the creditor|l'accord du creancier|the creditor's consent), (?P<name>[^,].*)$"
)
_ACTIVITY = re.compile(
    r"^(?P<name>.+?)(?:, [^.]*)? (?:exerce une activite de|carries out amicable|is an? (?:amicable )?(?:debt )?collection|acts? in amicable)"
)
_ACTIVE = ("exerce une activite", "amicable", "collection")
_ACTING = re.compile(r", (?:agissant|acting)")
#: Names and values: the label, flat, and which fact it must be.
_LABELS = (
    ("creditor", re.compile(r"creancier|creditor|pour le compte de|on behalf of")),
    ("debtor", re.compile(r"debiteur|debtor")),
    ("beneficiary", re.compile(r"beneficiaire|beneficiary|account holder|titulaire")),
    ("iban", re.compile(r"\biban\b")),
    ("bic", re.compile(r"\bbic\b")),
    ("quoted", re.compile(r"reference a rappeler|reference to (?:quote|give|state)|payment reference|reference")),
)


def read(text: Finished, known: KnownCase, margin: Sequence[Sense], senses: Sequence[Sense | TextTable]) -> Iterator[Contradiction]:
    """Read every place that names somebody, or an account. `margin` and `senses` are what the lines and the passages of the text say."""
    yield from _addressed(text, known)
    closing = -1
    for place, sense in enumerate(senses):
        if isinstance(sense, TextTable):
            if not any(sense.head):
                yield from _pairs(sense, known)
            continue
        if sense.parties:
            yield from _spoken_of(sense.text, sense.low, known)
        if sense.closing:
            closing = place
    if 0 <= closing < len(text.passages) - 1:
        yield from _signed(text.passages[closing + 1], known)
    for sense in (*margin, *senses):
        if not isinstance(sense, TextTable) and sense.named:
            yield from _numbers(sense, known)
    yield from _code(text, known)


@lru_cache(maxsize=4096)
def _bare(text: str) -> str:
    return " ".join(flat(plain(text)).split())


def _same(said: str, fact: str) -> bool:
    return _bare(said) == _bare(fact)


def _begins(said: str, fact: str) -> bool:
    said, fact = _bare(said), _bare(fact)
    return said.startswith(fact) and not said[len(fact) : len(fact) + 1].isalnum()


def _addressed(text: Finished, known: KnownCase) -> Iterator[Contradiction]:
    """Hold the address block, line by line; a line more may name the country."""
    for mailbox, true in ((text.to, {known.mailbox}), (text.writer, known.mailboxes), *((each, known.copies) for each in text.copies)):
        if mailbox and flat(mailbox) not in true:
            yield Contradiction("PB607", mailbox, sentence("the addresses of this case are {addresses}", addresses=tuple(sorted(known.mailboxes))))
    if known.capacity in OTHERS and not any(isinstance(each, str) and _bare(known.debtor) in _bare(each) for each in text.passages):
        yield Contradiction("PB607", known.recipient, sentence("who reads this stands for {debtor} or beside him, and the text names him nowhere", debtor=known.debtor))
    if text.recipient:
        if not _same(text.recipient[0], known.recipient):
            yield Contradiction("PB607", text.recipient[0], sentence("the message goes to {recipient}", recipient=known.recipient))
        lines = text.recipient[1:]
        if known.address and lines:
            wanted = [line for line in known.address if line.strip()]
            wrong = [said for said, line in zip(lines, wanted, strict=False) if not _same(said, line)]
            if len(lines) < len(wanted):
                wrong.append(", ".join(lines))
            for said in wrong:
                yield Contradiction("PB607", said, _true_address(known))
    if text.sender and not _same(text.sender[0], known.sender):
        yield Contradiction("PB607", text.sender[0], sentence("who writes is {sender}", sender=known.sender))


def _true_address(known: KnownCase) -> str:
    if known.capacity in OTHERS:
        return sentence("the address of {name} is {address}", name=known.recipient, address=known.address)
    return sentence("the debtor's address is {address}", address=known.address)


def _spoken_of(passage: str, low: str, known: KnownCase) -> Iterator[Contradiction]:
    if "attention" in low and (match := _ATTENTION.match(low)) and not _same(passage[: match.end("name")], known.debtor):
        yield Contradiction("PB607", passage, sentence("the debtor is {debtor}", debtor=known.debtor))
    for line in passage.split("\n") if "creancier" in low or "creditor" in low else ():
        if (match := _BEHALF.search(flat(line))) and not _begins(line[match.start("name") :], known.creditor):
            yield Contradiction("PB607", line, sentence("the creditor is {creditor}", creditor=known.creditor))
    if any(word in low for word in _ACTIVE) and (match := _ACTIVITY.match(low)) and not _begins(passage, known.sender):
        yield Contradiction("PB607", passage[: match.end()], sentence("who writes is {sender}", sender=known.sender))


@lru_cache(maxsize=512)
def _fact_of(label: str) -> str | None:
    """Name the fact that a flat label announces."""
    return next((name for name, pattern in _LABELS if pattern.search(label)), None)


def _pairs(table: TextTable, known: KnownCase) -> Iterator[Contradiction]:
    for row in table.rows:
        if len(row) != 2 or not row[1].strip():
            continue
        label, value = flat(row[0]), plain(row[1]).strip()
        kind = _fact_of(label)
        said = f"{row[0]} | {row[1]}"
        if kind == "iban" and "".join(value.split()).upper() != known.iban:
            yield Contradiction("PB608", said, sentence("the account is {iban}", iban=known.iban or sentence("not known")))
        elif kind == "bic" and "".join(value.split()).upper() != known.bic:
            yield Contradiction("PB608", said, sentence("the bank is {bic}", bic=known.bic or sentence("not known")))
        elif kind == "beneficiary" and not _same(value, known.beneficiary):
            yield Contradiction("PB608", said, sentence("the account is held by {beneficiary}", beneficiary=known.beneficiary))
        elif kind == "quoted" and value not in known.quoted:
            yield Contradiction("PB605", said, sentence("the reference of this message is {references}", references=tuple(sorted(known.quoted))))
        elif (kind == "creditor" and not _begins(value, known.creditor)) or (kind == "debtor" and not _begins(value, known.debtor)):
            yield Contradiction("PB607", said, sentence("the creditor is {creditor}", creditor=known.creditor) if kind == "creditor" else sentence("the debtor is {debtor}", debtor=known.debtor))


def _signed(passage: Passage, known: KnownCase) -> Iterator[Contradiction]:
    """Hold the lines under the closing formula: one that names somebody (it has capitals within) names who writes."""
    if isinstance(passage, TextTable):
        return
    for line in passage.split("\n"):
        said = plain(line).strip()
        names = [word for word in said.split()[1:] if word[:1].isupper()]
        first = _ACTING.split(flat(said), maxsplit=1)[0]
        if (names or _same(said, known.debtor)) and not any(name in first for name in known.writers):
            yield Contradiction("PB607", said, sentence("who signs is {writers}", writers=joined(sorted(known.writers), "or")))


def _numbers(sense: Sense, known: KnownCase) -> Iterator[Contradiction]:
    """Hold accounts, numbers of companies and mailboxes against those of the case."""
    for account in sense.accounts:
        if known.iban and account != known.iban:
            yield Contradiction("PB608", account, sentence("the account is {iban}", iban=known.iban))
    for said, company in sense.companies:
        if company not in known.numbers:
            yield Contradiction("PB607", said, sentence("the companies of this case are {numbers}", numbers=tuple(sorted(known.numbers))))
    for mailbox in sense.mailboxes:
        if known.mailboxes and mailbox not in known.mailboxes and mailbox not in known.said:
            yield Contradiction("PB607", mailbox, sentence("the addresses of this case are {addresses}", addresses=tuple(sorted(known.mailboxes))))


def _code(text: Finished, known: KnownCase) -> Iterator[Contradiction]:
    """Decode the payment code: to whose account, how much, with which reference. It asks what the text asks."""
    if text.payment_code is None:
        return
    lines = [*text.payment_code.split("\n"), *[""] * 11][:11]
    said = " ".join(filter(None, lines))
    try:
        currency, amount = lines[7][:3], Decimal(lines[7][3:])
    except InvalidOperation:
        currency, amount = "", Decimal(0)
    if lines[6] != known.iban or (lines[4] and lines[4] != known.bic) or not _begins(known.beneficiary, lines[5].rstrip()):
        yield Contradiction("PB608", said, sentence("the account is {iban} of {beneficiary}", iban=known.iban, beneficiary=known.beneficiary))
    asked = known.total if known.offer.settles is None else known.offer.settles
    if currency != known.currency or amount != asked:
        yield Contradiction("PB608", said, sentence("what is asked is {total} {currency}", total=asked, currency=known.currency))
    elif not _asked_in(text, amount):
        found = sentence("the code asks {total} {currency}, and no sentence of the text names this sum: name `sums.total` in it, or leave the code out", total=asked, currency=known.currency)
        yield Contradiction("PB608", said, found)
    if lines[10] not in known.quoted and not any(each.startswith(lines[10]) for each in known.quoted if lines[10]):
        yield Contradiction("PB608", said, sentence("the reference is {references}", references=tuple(sorted(known.quoted))))


def _asked_in(text: Finished, amount: Decimal) -> bool:
    """Say whether a sum stands in a text that names sums at all."""
    named = False
    for cell in _cells((text.subject, *text.passages)):
        for mark in reading.amounts(flat(cell)):
            if mark.value[0] == amount:
                return True
            named = True
    return not named


def _cells(passages: Sequence[Passage]) -> Iterator[str]:
    for each in passages:
        if isinstance(each, TextTable):
            for row in each.rows:
                yield from row
        else:
            yield each
