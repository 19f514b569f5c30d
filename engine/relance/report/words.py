"""Single words that people read: heads of tables, words of the closed vocabularies, and what is counted; in the language of the reader."""

from __future__ import annotations

from decimal import Decimal

from relance.currencies import decimals
from relance.interpreter.reasons import STATES
from relance.sentences import LANGUAGES, marked, numbered, reader, retold, tell_number, told

#: What heads a column, a series or a figure, as English writes it; `head` says it.
HEADS = (
    marked("step"), marked("verdict"), marked("on"), marked("why"), marked("by"), marked("asked"), marked("status"), marked("playbook"), marked("cases"),
    marked("actions"), marked("messages"), marked("cost"), marked("month"), marked("formal notices"), marked("hand-overs"), marked("notices"), marked("case"), marked("debtor"),
    marked("owed"), marked("formal notice"), marked("hand-over"), marked("added"), marked("removed"), marked("earlier"), marked("later"), marked("old"),
    marked("new"), marked("all"), marked("Cost"), marked("week of"), marked("low"), marked("expected"), marked("high"), marked("nothing"), marked("step or reason"), marked("never left"),
    marked("to bill"), marked("received"), marked("without tax"), marked("tax"), marked("contacts"), marked("received after"), marked("payments"), marked("amount"), marked("days"), marked("next"), marked("open"), marked("about"), marked("details"),
    marked("open a month before"), marked("of it open a month later, %"), marked("currency"), marked("recorded"), marked("what"), marked("before any step"), marked("not due"), marked("over 90"), marked("money that went out"), marked("not booked yet"),
    marked("nothing moved"), marked("announced only"), marked("invoices"), marked("events"), marked("debtors"), marked("creditors"), marked("e-invoice"), marked("ledger"),
    marked("e-invoice status"),
)  # fmt: skip
#: Words of the closed vocabularies, of statuses, channels and what a step may say, with spaces; `word` says them.
_VOCABULARY = (
    marked("due"), marked("awaiting approval"), marked("awaiting sending"), marked("waiting"), marked("held"), marked("stopped"), marked("finished"),
    marked("passed over"), marked("blocked"), marked("expired"), marked("skipped"), marked("executed"), marked("not yet"), marked("pending"), marked("done"),
    marked("email"), marked("letter"), marked("registered letter"), marked("electronic registered letter"), marked("sms"), marked("call"), marked("task"),
    marked("handover"), marked("webhook"), marked("draft"), marked("ready"), marked("under way"), marked("unclear"), marked("sent"), marked("cancelled"), marked("failed"), marked("open"),
    marked("approve"), marked("reject"), marked("skip"), marked("refresh"), marked("rejected"), marked("withdrawn"), marked("waits"), marked("not sent"), marked("missing"),
    marked("taken"), marked("gone"), marked("reached"), marked("promise"), marked("dispute"), marked("refused"), marked("message"), marked("no answer"),
    marked("wrong number"), marked("awaiting"),
    marked("no playbook"),
    marked("courteous"), marked("neutral"), marked("firm"), marked("formal"),
    marked("reminder"), marked("legal"), marked("posting"), marked("presentation"), marked("late interest"), marked("legal interest"), marked("contractual penalty"),
    marked("complementary indemnity"), marked("whole"), marked("arrears"), marked("previous"), marked("keep"), marked("monday"), marked("tuesday"), marked("wednesday"),
    marked("thursday"), marked("friday"), marked("saturday"), marked("sunday"), marked("agency"), marked("bailiff"), marked("lawyer"), marked("court"), marked("accounting"),
)  # fmt: skip
#: How French writes the marks of a number.
_FRENCH = str.maketrans({",": "\u202f", ".": ","})
#: What a name of a wording holds.
_HELD = (marked("plain text"), marked("day"), marked("number"), marked("amount"), marked("true/false"), marked("group"), marked("list"), marked("true"), marked("false"))
_COUNTED = {
    "invoice": numbered("{count} invoice", "{count} invoices"),
    "debtor": numbered("{count} debtor", "{count} debtors"),
    "case": numbered("{count} case", "{count} cases"),
    "open case": numbered("{count} open case", "{count} open cases"),
    "message": numbered("{count} message", "{count} messages"),
    "draft": numbered("{count} draft", "{count} drafts"),
    "duty": numbered("{count} duty of law", "{count} duties of law"),
    "task": numbered("{count} task", "{count} tasks"),
    "row": numbered("{count} row", "{count} rows"),
    "event": numbered("{count} event", "{count} events"),
    "text": numbered("{count} text", "{count} texts"),
}


def condition_words(text: str) -> str:
    """Say a reason that is one word of the language, such as `plan_running`; any other is said as it is."""
    if reader() == LANGUAGES[0]:
        return str(text)
    return word(text) if text.replace("_", "").isalpha() and text.islower() else retold(text)


def head(name: str) -> str:
    """Write the head of a column."""
    return told(name)


def word(name: str) -> str:
    """Write a word of a closed vocabulary for a person; a state of a case as reasons say it."""
    return told(name) if name in STATES and reader() != LANGUAGES[0] else told(name.replace("_", " "))


def held(kind: str) -> str:
    """Say what a name of a wording holds."""
    return told(f"plain {kind}" if kind == "text" else kind)


def grouped(number: float | Decimal, places: int = 0) -> str:
    """Write a number with its thousands kept apart, as the reader's language does: `1,234.50`, `1 234,50`."""
    return _in_language(f"{number:,.{places}f}")


def spaced_amount(amount: Decimal, currency: str = "EUR") -> str:
    """Write an amount, with the decimals of its currency, with thin spaces between thousands, and the comma of French where that is read."""
    spaced = f"{amount:,.{decimals(currency)}f}".replace(",", "\u202f")
    return spaced.replace(".", ",") if reader() == "fr" else spaced


def _in_language(text: str) -> str:
    return text.translate(_FRENCH) if reader() == "fr" else text


def many(number: int, noun: str) -> str:
    """Count things: `12 messages`, `1 message`."""
    one, several = _COUNTED[noun]
    return tell_number(one, several, number)
