"""Payments as banks tell of them, drawn with their truth: what each of them pays, to the cent, or that it pays nothing.

A creditor numbers by one scheme, has debtors with names as they are and open invoices, some of the same sum. Payers write numbers in their own
way, pay in part, several at once, for others, twice; they leave the number out, or write a wrong one; banks cut and capitalise names, and other
money comes in between. `python tests/benchmarks/payments.py [PAYMENTS] [SEED]` prints the table of docs/import.md.
"""

from __future__ import annotations

import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from relance.importers.match_answers import Doubt, Matched
from relance.importers.matching import Matcher
from relance.model import Creditor, Debtor, Facts, Invoice
from relance.statements.transaction import Transaction

Allocation = Mapping[str, Decimal]
ACCOUNT = "FR7630006000011234567890189"
_FIRST = date(2026, 1, 5)
_CENT = Decimal("0.01")

#: Ten ways of numbering invoices; the last are plain numbers.
SCHEMES: Mapping[str, Callable[[int], str]] = {
    "FA-2026-0001": lambda n: f"FA-2026-{n:04}",
    "F2026/00001": lambda n: f"F2026/{n:05}",
    "2026-0001": lambda n: f"2026-{n:04}",
    "FAC000001": lambda n: f"FAC{n:06}",
    "INV-1042": lambda n: f"INV-{1000 + n}",
    "VE/2026/03/0001": lambda n: f"VE/2026/{1 + n % 12:02}/{n:04}",
    "26-03-0001": lambda n: f"26-{1 + n % 12:02}-{n:04}",
    "2026.LYO.001": lambda n: f"2026.{('LYO', 'PAR', 'NTE')[n % 3]}.{n:03}",
    "A1001-B": lambda n: f"A{1000 + n}-{'BCD'[n % 3]}",
    "100001": lambda n: f"{100_000 + n}",
}
PLAIN = "100001"

_TRADES = (
    "Boulangerie", "Imprimerie", "Garage", "Hôtel", "Restaurant", "Menuiserie", "Pharmacie", "Librairie", "Cabinet", "Transports", "Agence", "Atelier",
    "Électricité", "Plomberie", "Fleuriste", "Boucherie", "Scierie", "Laiterie", "Clinique", "Domaine",
)  # fmt: skip
_NAMES = (
    "Martin", "Marin", "Dupont", "Dupond", "Lefèvre", "Lefebvre", "Bernard", "Durand", "Moreau", "Morel", "Simon", "Laurent", "Michel", "Garcia", "Roux",
    "Girard", "Bonnet", "François", "Mercier", "Blanc", "Guérin", "Boyer", "Chevalier", "Gauthier", "Gautier", "Perrin", "Robin", "Clément", "Masson",
    "Noël", "Lindor", "Bélair", "Saint-Ange", "de La Tour", "Le Goff", "N'Diaye", "Étienne", "Fontaine", "Rousseau", "Roussel",
)  # fmt: skip
_TOWNS = ("Lyon", "Nantes", "du Rhône", "de l'Ouest", "et Fils", "et Associés", "Frères", "Services", "du Parc", "Centre")
_FORMS = ("SAS", "SARL", "SA", "EURL", "SNC", "SCOP")
_OTHERS = (
    ("DGFIP", "REMBOURSEMENT CREDIT TVA 03/2026"), ("URSSAF RHONE ALPES", "REGUL COTISATIONS 2026"), ("CPAM DU RHONE", "IJ 202603"),
    ("AXA FRANCE IARD", "SINISTRE 20264512 INDEMNITE"), ("", "REMISE CB 0412 TPE 2026 00123"), ("", "REMISE CHEQUES BORDEREAU {plain}"), ("", "VERSEMENT ESPECES AGENCE 0042"),
    ("BPIFRANCE", "SUBVENTION DOSSIER 2026 0031"), ("SCI DES LILAS", "DEPOT DE GARANTIE LOCAL"), ("EDF", "REMBOURSEMENT TROP PERCU {number}"),
    ("ORANGE SA", "AVOIR SUR FACTURE {number}"), ("M PAUL GERANT", "APPORT EN COMPTE COURANT"), ("", "INTERETS CREDITEURS T1 2026"), ("LOGISTIQUE NORD", "REMBT {number}"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Payment:
    """A movement on the account, what sort it is, and what it pays: None where it pays nothing of what is owed."""

    transaction: Transaction
    sort: str
    truth: Allocation | None


@dataclass(slots=True)
class Drawn:
    """A creditor's books and the payments that come in."""

    facts: list[Facts]
    payments: list[Payment]


class Market:
    """Draws debtors, invoices and payments; the same seed draws the same."""

    def __init__(self, scheme: str, seed: int, payments: int) -> None:
        self.random = Random(f"{scheme} {seed}")
        self.number_of = SCHEMES[scheme]
        self.debtors: dict[str, Debtor] = {}
        self.invoices: dict[str, list[Invoice]] = {}
        self.open: dict[str, Decimal] = {}
        self.numbers: list[str] = []
        self._book(max(20, payments // 3), payments * 2)

    def _book(self, debtors: int, invoices: int) -> None:
        common = [Decimal(self.random.randint(3, 90) * 10) for _ in range(12)]  # subscriptions: the same sum for many
        for n in range(debtors):
            self.debtors[f"C{n:05}"] = Debtor(f"C{n:05}", self._name())
            self.invoices[f"C{n:05}"] = []
        names = list(self.debtors)
        for n in range(1, invoices + 1):
            amount = self.random.choice(common) if self.random.random() < 0.2 else Decimal(self.random.randint(2_000, 900_000)) / 100
            issued = _FIRST + timedelta(self.random.randint(0, 60))
            made = Invoice(self.number_of(n), issued + timedelta(30), amount, "USD" if self.random.random() < 0.01 else "EUR", issued=issued)
            self.invoices[self.random.choice(names)].append(made)
            self.open[made.id] = amount
            self.numbers.append(made.id)

    def _name(self) -> str:
        pick = self.random.choice
        if self.random.random() < 0.15:
            return f"{pick(('M.', 'Mme'))} {pick(('Jean', 'Anne', 'Luc', 'Zoé', 'Hervé'))} {pick(_NAMES)}"
        parts = [pick(_TRADES), pick(_NAMES), *([pick(_TOWNS)] if self.random.random() < 0.6 else []), *([pick(_FORMS)] if self.random.random() < 0.7 else [])]
        return " ".join(parts)

    def facts(self) -> list[Facts]:
        """Return the books before any payment came."""
        creditor = Creditor("atelier", "Atelier du Rhône", iban=ACCOUNT)
        return [Facts(creditor, debtor, tuple(self.invoices[ident])) for ident, debtor in self.debtors.items()]

    # -- what a payer and his bank write

    def payer(self, debtor: Debtor) -> str:
        """Write a debtor's name as a bank does: capitals, cut, without its form, now and then misspelt or left out."""
        if self.random.random() < 0.03:
            return ""
        words = [word for word in debtor.name.split() if word not in _FORMS or self.random.random() < 0.5]
        if self.random.random() < 0.08:
            at = max(range(len(words)), key=lambda place: len(words[place]))
            words[at] = self._misspelt(words[at])
        name = " ".join(words)
        if self.random.random() < 0.8:
            name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
        return name[: self.random.choice((70, 70, 35, 27))].strip()

    def _misspelt(self, word: str) -> str:
        at = self.random.randrange(1, max(2, len(word) - 1))
        return self.random.choice((word[:at] + word[at + 1 :], word[:at] + word[at : at + 1] * 2 + word[at + 1 :], word[: at - 1] + word[at : at + 1] + word[at - 1 : at] + word[at + 1 :]))

    def written(self, number: str) -> str:
        """Write a number as payers do: other separators, none, small letters."""
        plain = "".join(sign if sign.isalnum() else " " for sign in number)
        return self.random.choice((number, number, number, plain, plain.replace(" ", ""), number.lower(), plain.replace(" ", "/")))

    def text(self, numbers: list[str], amount: Decimal) -> str:
        """Write the text of a transfer that names these invoices."""
        joined = self.random.choice((" ", ", ", " + ", " ET ", " / ", " - ")).join(self.written(number) for number in numbers)
        day = _FIRST + timedelta(self.random.randint(0, 90))
        own = self.random.randint(100, 99_999)
        return self.random.choice((
            joined, joined, f"FACTURE {joined}", f"REGLEMENT FACT {joined} DU {day:%d/%m/%Y}", f"VIR SEPA {joined} {amount} EUR",
            f"N/REF {day:%Y%m%d} V/REF {joined}", f"Virement facture n° {joined}", f"{joined} CLIENT {own}", f"ORDRE {own} {joined}", f"paiement {joined} merci",
        ))  # fmt: skip

    # -- payments

    def draw(self, payments: int) -> Iterator[Payment]:
        """Draw payments, each of what is open then."""
        sorts = (
            (self._whole, 56), (self._part, 9), (self._grouped, 10), (self._missing, 8), (self._structured, 8), (self._mistyped, 2),
            (self._of_another, 1), (self._for_another, 3), (self._twice, 1), (self._foreign, 6),
        )  # fmt: skip
        makers, weights = zip(*sorts, strict=True)
        done = 0
        while done < payments:
            made = self.random.choices(makers, weights)[0]()
            if made is not None:
                done += 1
                yield made

    def _owing(self, least: int = 1) -> tuple[Debtor, list[Invoice]] | None:
        ident = self.random.choice(list(self.debtors))
        owed = [one for one in self.invoices[ident] if self.open[one.id]]
        return (self.debtors[ident], owed) if len(owed) >= least else None

    def _made(
        self, sort: str, truth: Allocation | None, amount: Decimal, *, payer: str, text: str = "", references: tuple[str, ...] = (), currency: str = "EUR"
    ) -> Payment:
        for name, part in (truth or {}).items():
            self.open[name] -= part
        number = self.random.getrandbits(64)
        on = _FIRST + timedelta(self.random.randint(30, 100))
        return Payment(Transaction("s.xml", 1, ACCOUNT, on, amount, currency, payer, "", references, text, f"B{number:016x}", ""), sort, truth)

    def _whole(self) -> Payment | None:
        found = self._owing()
        if found is None:
            return None
        one = self.random.choice(found[1])
        amount = self.open[one.id]
        return self._made("whole", {one.id: amount}, amount, payer=self.payer(found[0]), text=self.text([one.id], amount), currency=one.currency)

    def _part(self) -> Payment | None:
        found = self._owing()
        if found is None:
            return None
        one = self.random.choice(found[1])
        amount = (self.open[one.id] * self.random.choice((Decimal("0.5"), Decimal("0.3"), Decimal("0.98"), Decimal(self.random.randint(5, 95)) / 100))).quantize(_CENT)
        others = [self.open[each.id] for each in found[1] if each.id != one.id]
        if not 0 < amount < self.open[one.id] or amount in (*others, sum(others) + self.open[one.id]):
            return None  # who pays to the cent what another of his invoices asks pays that one
        return self._made("in part", {one.id: amount}, amount, payer=self.payer(found[0]), text=self.text([one.id], amount), currency=one.currency)

    def _grouped(self) -> Payment | None:
        found = self._owing(2)
        if found is None:
            return None
        chosen = self.random.sample(found[1], self.random.randint(2, min(4, len(found[1]))))
        if len({one.currency for one in chosen}) > 1:
            return None
        truth = {one.id: self.open[one.id] for one in chosen}
        amount = sum(truth.values(), Decimal(0))
        return self._made("grouped", truth, amount, payer=self.payer(found[0]), text=self.text(list(truth), amount), currency=chosen[0].currency)

    def _missing(self) -> Payment | None:
        """Pay one invoice, or all, and name none; where two have this sum, or all have, nobody can say which."""
        found = self._owing()
        if found is None or len({one.currency for one in found[1]}) > 1:
            return None
        chosen = found[1] if self.random.random() < 0.3 else [self.random.choice(found[1])]
        truth = {one.id: self.open[one.id] for one in chosen}
        text = self.random.choice(("", "virement", "VIR SEPA RECU", "paiement facture mars", "SOLDE DE TOUT COMPTE", f"REF {self.random.randint(10_000, 99_999)}"))
        return self._made("no number", truth, sum(truth.values(), Decimal(0)), payer=self.payer(found[0]), text=text, currency=chosen[0].currency)

    def _structured(self) -> Payment | None:
        found = self._owing()
        if found is None:
            return None
        one = self.random.choice(found[1])
        amount = self.open[one.id]
        return self._made("structured reference", {one.id: amount}, amount, payer=self.payer(found[0]), references=(one.id,), currency=one.currency)

    def _mistyped(self) -> Payment | None:
        """Pay one invoice and write a number with a figure wrong, which may be that of another."""
        found = self._owing()
        if found is None:
            return None
        one = self.random.choice(found[1])
        places = [place for place, sign in enumerate(one.id) if sign.isdigit()]
        at = self.random.choice(places)
        wrong = one.id[:at] + self.random.choice("0123456789") + one.id[at + 1 :]
        mine = {each.id for each in self.invoices[found[0].id]}
        if wrong in mine:
            return None  # he says himself which he pays
        amount = self.open[one.id]
        return self._made("number mistyped", {one.id: amount}, amount, payer=self.payer(found[0]), text=self.text([wrong], amount), currency=one.currency)

    def _of_another(self) -> Payment | None:
        """Pay one's own invoice with the number of somebody else's, of the same sum where there is one."""
        found = self._owing()
        if found is None:
            return None
        one = self.random.choice(found[1])
        mine, amount = {each.id for each in self.invoices[found[0].id]}, self.open[one.id]
        like = [number for number, left in self.open.items() if left == amount and number not in mine]
        number = self.random.choice(like or self.numbers)
        if number in mine:
            return None
        payer = self.payer(found[0])
        if self.random.random() < 0.3:
            return self._made("number of another", {one.id: amount}, amount, payer=payer, references=(number,), currency=one.currency)
        return self._made("number of another", {one.id: amount}, amount, payer=payer, text=self.text([number], amount), currency=one.currency)

    def _for_another(self) -> Payment | None:
        """Pay somebody else's invoice: another debtor of the creditor, or a stranger."""
        found, other = self._owing(), self.random.choice(list(self.debtors.values()))
        if found is None or other.id == found[0].id or other.name == found[0].name:
            return None
        one = self.random.choice(found[1])
        amount = self.open[one.id]
        payer = self.payer(other) if self.random.random() < 0.5 else f"HOLDING {self.random.choice(_NAMES).upper()} GROUPE"
        return self._made("for another", {one.id: amount}, amount, payer=payer, text=self.text([one.id], amount), currency=one.currency)

    def _twice(self) -> Payment | None:
        """Pay what is paid already."""
        ident = self.random.choice(list(self.debtors))
        paid = [one for one in self.invoices[ident] if not self.open[one.id]]
        if not paid or any(self.open[one.id] == paid[0].amount for one in self.invoices[ident]):
            return None
        return self._made("paid twice", None, paid[0].amount, payer=self.payer(self.debtors[ident]), text=self.text([paid[0].id], paid[0].amount), currency=paid[0].currency)

    def _foreign(self) -> Payment | None:
        """Let other money come in: taxes, cards, cheques, refunds of suppliers who number alike; now and then of a sum that is open."""
        payer, text = self.random.choice(_OTHERS)
        if self.random.random() < 0.15:
            payer, text = self.payer(self.random.choice(list(self.debtors.values()))), self.random.choice(("REMBOURSEMENT AVOIR", "CAUTION", "LOYER MARS", "REMBT NOTE DE FRAIS"))
        amount = Decimal(self.random.randint(1_000, 900_000)) / 100
        if self.random.random() < 0.2:
            amount = self.open[self.random.choice(self.numbers)] or amount
        number = self.random.choice(self.numbers)
        if amount == self.open[number]:
            return None
        said = text.format(plain=self.random.choice((number if number.isdigit() else "1004512", "1004512")), number=self.written(number))
        return self._made("foreign", None, amount, payer=payer, text=said)


def draw(scheme: str, seed: int, payments: int) -> Drawn:
    """Draw a creditor's books and his payments."""
    market = Market(scheme, seed, payments)
    return Drawn(market.facts(), list(market.draw(payments)))


def judged(drawn: Drawn) -> Iterator[tuple[Payment, str, str]]:
    """Match every payment, and say of each whether that is right, for a person or wrong, and by what."""
    matcher = Matcher(drawn.facts, date.max)
    truth = {one.transaction.reference: one for one in drawn.payments}
    booked: set[str] = set()
    for answer in matcher.match([one.transaction for one in drawn.payments]):
        one = truth[answer.transaction.reference]
        if isinstance(answer, Doubt):
            yield one, "person", answer.reason
            continue
        assert isinstance(answer, Matched), answer
        found: Counter[str] = Counter()
        for row in answer.rows:
            found[row.row.values["invoice"]] += row.row.values["amount"]
        second = one.sort == "paid twice" and not booked & found.keys()  # the first waits for a person: one of the two is his credit
        booked |= found.keys()
        yield one, "right" if second or found == one.truth else "wrong", answer.why


def table(rows: Mapping[str, Counter[str]]) -> str:
    """Write counts as the table of docs/import.md."""
    lines = ["| | payments | right | to a person | wrong |", "|---|--:|--:|--:|--:|"]
    for name, counts in rows.items():
        total = counts.total()
        lines.append(f"| {name} | {total:,} | {100 * counts['right'] / total:.1f} % | {100 * counts['person'] / total:.1f} % | {counts['wrong']} |")
    return "\n".join(lines)


def measured(payments: int, seed: int) -> tuple[dict[str, Counter[str]], dict[str, Counter[str]], list[tuple[str, Payment, str]]]:
    """Return the counts by scheme (what pays something) and by sort, and what went wrong with its scheme and why."""
    schemes: dict[str, Counter[str]] = {}
    sorts: dict[str, Counter[str]] = {}
    wrong = []
    for scheme in SCHEMES:
        for one, verdict, why in judged(draw(scheme, seed, payments // len(SCHEMES))):
            sorts.setdefault(one.sort, Counter())[verdict] += 1
            if one.truth is not None:
                schemes.setdefault(scheme, Counter())[verdict] += 1
            if verdict == "wrong":
                wrong.append((scheme, one, why))
    return schemes, sorts, wrong


if __name__ == "__main__":
    how_many, drawn_by = (int(sys.argv[place]) if len(sys.argv) > place else default for place, default in ((1, 25_000), (2, 12)))
    by_scheme, by_sort, mistakes = measured(how_many, drawn_by)
    print(table(by_scheme), table(by_sort), sep="\n\n")
    for scheme, one, why in mistakes[:40]:
        print(scheme, one.sort, one.transaction.shown, one.truth, why, sep=" | ", file=sys.stderr)
