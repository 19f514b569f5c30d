"""A timeline as Markdown: a table for a wiki, an issue or a pull request."""

from __future__ import annotations

from relance.report.plain import amount
from relance.report.words import word
from relance.sentences import tell, told
from relance.simulation.timeline import Timeline


def timeline_markdown(timeline: Timeline) -> str:
    """Write a timeline with its title and how it ends."""
    playbook = timeline.playbook
    several = len(timeline.ends) > 1
    head = ["On", *(["Case"] if several else []), "Step", "Channels", "Tone", "Asked", "Why"]
    lines = [f"## {playbook.title} (`{playbook.id}`, version {playbook.version})", ""]
    lines += [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for entry in timeline.entries:
        first = entry.first
        step = next((step.title for step in playbook.steps if step.id == first.step and step.title), first.step)
        asked = f"{amount(first.claimed.total, first.claimed.currency)} {first.claimed.currency}"
        draft = " (after approval)" if first.draft else ""
        cells = [
            entry.on.isoformat(),
            *([first.case] if several else []),
            f"{step}{draft}",
            ", ".join(_word(one) for one in entry.channels),
        ]
        lines.append(f"| {' | '.join(_cell(cell) for cell in (*cells, first.tone or '', asked, entry.unsent or first.reason))} |")
    lines.append("")
    if timeline.left_out:
        lines += [tell("Never left:"), "", *(f"- {each.case}, {each.step}: {told(each.reason)}" if several else f"- {each.step}: {told(each.reason)}" for each in timeline.left_out), ""]
    lines += [tell("{case} is {status} on {on}: {reason}.", case=end.case, status=word(end.status), on=end.on, reason=end.reason) for end in timeline.ends]
    return "\n".join(lines) + "\n"


def _word(name: str) -> str:
    return name.replace("_", " ")


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")
