"""What differs between two playbooks, as people read it: lines for a terminal, Markdown short enough for a pull request, plain values. Computes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import Any

from relance.escaping import markdown_cell
from relance.proof.lock_step import Change, Compared, Divergence
from relance.proof.world import Happening
from relance.sentences import marked, sentence, tell, tell_number, tell_part, told

#: Columns of a terminal.
_WIDE = 80
_WORDS = {
    Change.MORE: marked("one more"),
    Change.FEWER: marked("one fewer"),
    Change.EARLIER: marked("earlier"),
    Change.LATER: marked("later"),
    Change.CHANNEL: marked("another channel"),
    Change.SUM: marked("another sum"),
    Change.TEXT: marked("another text"),
    Change.APPROVAL: marked("another approval"),
}


def difference_lines(made: Compared) -> Iterator[str]:
    """Write what differs, with the smallest case of each kind."""
    yield tell("{old} → {new}, in every history", old=_name(made, new=False), new=_name(made, new=True))
    for each in made.divergences:
        yield f"  {each.step}: {told(sentence(_WORDS[each.change]))}{_days(each)}"
        yield from (f"      {_told_happening(one)}" for one in each.happened)
        if not each.happened:
            yield f"      {tell('nothing happens')}"
    for line in (*_lost(made), _said(made)):
        yield from wrap(line, _WIDE, break_on_hyphens=False)


def difference_markdown(made: Compared) -> str:
    """Write it for a pull request."""
    lines = [f"#### {tell('{old} → {new}, in every history', old=_name(made, new=False), new=_name(made, new=True))}", ""]
    if made.divergences:
        lines += [f"| {tell('step')} | {tell('what changes')} | {tell('smallest case')} |", "|---|---|---|"]
        lines += [f"| {each.step} | {told(sentence(_WORDS[each.change]))}{_days(each)} | {markdown_cell(_case(each))} |" for each in made.divergences]
        lines.append("")
    for line in _lost(made):
        lines += [line, ""]
    return "\n".join((*lines, _said(made), ""))


def difference_values(made: Compared) -> dict[str, Any]:
    """Return it as plain values."""
    return {
        "version": 1, "old": made.old.id, "new": made.new.id, "same": made.same, "days": made.days, "happenings": made.happenings,
        "contacts": sorted(_of_contacts(made)), "lost_steps": list(made.lost),
        "differences": [
            {
                "step": each.step, "change": each.change, "old": each.before and each.before.isoformat(), "new": each.after and each.after.isoformat(),
                "case": [_happening(one) for one in each.happened],
            }
            for each in made.divergences
        ],
    }  # fmt: skip


def lost_lines(old: str, new: str, lost: Iterable[str]) -> Iterator[str]:
    """Say which steps the new one does not know any more."""
    for step in lost:
        yield tell(
            "{new} does not know the step {step} of {old}: if it has another name now, write `formerly: [{step}]` there, or who has had it may get it again",
            new=new, old=old, step=step,
        )  # fmt: skip


def _lost(made: Compared) -> Iterator[str]:
    return lost_lines(_name(made, new=False), _name(made, new=True), made.lost)


def _name(made: Compared, *, new: bool) -> str:
    one, other = (made.new, made.old) if new else (made.old, made.new)
    return one.id if one.id != other.id else f"{one.id} v{one.version}"


def _days(each: Divergence) -> str:
    if each.before is not None and each.after is not None:
        return f" ({tell_part(each.before)} → {tell_part(each.after)})" if each.before != each.after else f" ({tell_part(each.after)})"
    return f" ({tell_part(each.before or each.after)})"


def _case(each: Divergence) -> str:
    return "; ".join(map(_told_happening, each.happened)) or tell("nothing happens")


def _told_happening(one: Happening) -> str:
    """Write a happening with its days and sums as the reader has them; kinds and channels stay the words of the language."""
    terms = (part for day, amount in one.terms for part in (day, amount))
    return " ".join((tell_part(one.on), one.kind, *(tell_part(value) for value in (one.amount, one.until, one.channel, *terms) if value is not None)))


def _happening(one: Happening) -> str:
    """Write what happens as `relance preview --event` takes it."""
    terms = ", ".join(f"{day} {part}" for day, part in one.terms)
    said = (one.amount, one.until, one.channel, f"'{terms}'" if terms else None)
    return " ".join((str(one.on), one.kind, *(str(value) for value in said if value is not None)))


def _of_contacts(made: Compared) -> set[Change]:
    return {each.change for each in made.divergences if each.contact}


def _said(made: Compared) -> str:
    """Say in one line what becomes of the contacts, or that nothing differs."""
    if made.same:
        return tell("no difference in any history")
    if not made.divergences:
        return tell_number("no difference found on {count} day of histories of up to {happenings} happenings; they do not ask the same, so that one is not excluded", "no difference found on {count} days of histories of up to {happenings} happenings; they do not ask the same, so that one is not excluded", made.days, happenings=made.happenings)
    kinds = _of_contacts(made)
    words = [told(sentence(word)) for change, word in _CONTACTS.items() if change in kinds] or [tell("as they were")]
    return tell("contacts: {words}; all histories of up to {happenings} happenings were gone through, on a case due {due}", words=words, happenings=made.happenings, due=made.due)


_CONTACTS = {
    Change.MORE: marked("more"),
    Change.FEWER: marked("fewer"),
    Change.EARLIER: marked("earlier"),
    Change.LATER: marked("later"),
    Change.CHANNEL: marked("by other channels"),
    Change.SUM: marked("other sums"),
    Change.TEXT: marked("other texts"),
    Change.APPROVAL: marked("other approvals"),
}
