"""Single words that people read: heads of tables, words of the closed vocabularies, and what is counted; in the language of the reader."""

from __future__ import annotations

from relance.sentences import marked, numbered, tell_number, told

#: What heads a column, a series or a figure, as English writes it; `head` says it.
HEADS = (
    marked("step"), marked("verdict"), marked("on"), marked("why"), marked("by"), marked("asked"), marked("status"), marked("playbook"), marked("cases"),
    marked("actions"), marked("messages"), marked("cost"), marked("month"), marked("formal notices"), marked("hand-overs"), marked("notices"), marked("case"), marked("debtor"),
    marked("owed"), marked("formal notice"), marked("hand-over"), marked("added"), marked("removed"), marked("earlier"), marked("later"), marked("old"),
    marked("new"), marked("all"), marked("Cost"), marked("week of"), marked("low"), marked("expected"), marked("high"), marked("nothing"), marked("step or reason"), marked("never left"),
)  # fmt: skip
#: Words of the closed vocabularies of statuses and channels, with spaces; `word` says them.
_VOCABULARY = (
    marked("due"), marked("awaiting approval"), marked("awaiting sending"), marked("waiting"), marked("held"), marked("stopped"), marked("finished"),
    marked("passed over"), marked("blocked"), marked("expired"), marked("skipped"), marked("executed"), marked("not yet"), marked("pending"), marked("done"),
    marked("email"), marked("letter"), marked("registered letter"), marked("electronic registered letter"), marked("sms"), marked("call"), marked("task"),
    marked("handover"), marked("webhook"), marked("draft"), marked("ready"), marked("under way"), marked("unclear"), marked("sent"), marked("cancelled"), marked("failed"), marked("open"),
)  # fmt: skip
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
    "day": numbered("{count} day", "{count} days"),
    "task": numbered("{count} task", "{count} tasks"),
    "row": numbered("{count} row", "{count} rows"),
    "new action": numbered("{count} new action", "{count} new actions"),
    "event": numbered("{count} event", "{count} events"),
    "text": numbered("{count} text", "{count} texts"),
}


def head(name: str) -> str:
    """Write the head of a column."""
    return told(name)


def word(name: str) -> str:
    """Write a word of a closed vocabulary for a person."""
    return told(name.replace("_", " "))


def held(kind: str) -> str:
    """Say what a name of a wording holds."""
    return told(f"plain {kind}" if kind == "text" else kind)


def many(number: int, noun: str) -> str:
    """Count things: `12 messages`, `1 message`."""
    one, several = _COUNTED[noun]
    return tell_number(one, several, number)
