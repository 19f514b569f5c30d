"""A timeline as Markdown, in the language of the reader: a table for a wiki, an issue or a pull request."""

from __future__ import annotations

from relance.escaping import markdown_cell
from relance.report.plain import amount
from relance.report.words import condition_words, word
from relance.sentences import tell, told
from relance.simulation.timeline import Timeline


def timeline_markdown(timeline: Timeline) -> str:
    """Write a timeline with its title and how it ends."""
    playbook = timeline.playbook
    several = len(timeline.ends) > 1
    head = [tell("On"), *([tell("Case")] if several else []), tell("Step"), tell("Channels"), tell("Tone"), tell("Asked"), tell("Why")]
    lines = [f"## {markdown_cell(playbook.title)} " + tell("({playbook}, version {version})", playbook=f"`{playbook.id}`", version=playbook.version), ""]
    lines += [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for entry in timeline.entries:
        first = entry.first
        step = next((step.title for step in playbook.steps if step.id == first.step and step.title), first.step)
        asked = f"{amount(first.claimed.total, first.claimed.currency)} {first.claimed.currency}"
        named = tell("{step} (after approval)", step=step) if first.draft else step
        cells = [
            entry.on.isoformat(),
            *([first.case] if several else []),
            named,
            ", ".join(word(one) for one in entry.channels),
        ]
        lines.append(f"| {' | '.join(markdown_cell(cell) for cell in (*cells, word(first.tone) if first.tone else '', asked, told(entry.unsent or first.reason)))} |")
    lines.append("")
    if timeline.left_out:
        lines += [tell("Never left:"), "", *(f"- {markdown_cell(each.case)}, {each.step}: {told(each.reason)}" if several else f"- {each.step}: {told(each.reason)}" for each in timeline.left_out), ""]
    lines += [tell("{case} is {status} on {on}: {reason}.", case=markdown_cell(end.case), status=word(end.status), on=end.on, reason=condition_words(end.reason)) for end in timeline.ends]
    return "\n".join(lines) + "\n"
