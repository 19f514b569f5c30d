"""Proofs as a page that loads nothing: what was promised, the picture of each ladder, and of what is broken the history, the command and the test. Computes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from relance.proof.breach_test import breach_test
from relance.proof.promises import Possible
from relance.proof.prove import Held, Proof, Ruling
from relance.report.charts import html_table, page, points, section
from relance.report.proof_graph import svg
from relance.report.proofs import covered_lines, history_lines, line_said, replay_command, ruling_said
from relance.sentences import tell, tell_number, told


def proofs_html(proofs: Sequence[Proof]) -> str:
    """Return the page."""
    broken = sum(1 for proof in proofs for held in proof.held if held.ruling is Ruling.BROKEN)
    lead = tell_number("{count} promise broken", "{count} promises broken", broken)
    return page(tell("What the playbooks promise"), lead, [_proof(each) for each in proofs])


def _proof(proof: Proof) -> str:
    rows = [(ruling_said(held.ruling), held.promise.code, told(held.promise.name)) for held in proof.held]
    breaches = [part for held in proof.held if held.ruling is Ruling.BROKEN for part in _breach(proof, held)]
    picture = f"<details><summary>{escape(tell('what may come after what'))}</summary>{svg(proof.playbook, proof.reached.follows)}</details>"
    return section(proof.playbook.title or proof.playbook.id, html_table(("answer", "code", "promise"), rows), *breaches, picture, points(covered_lines(proof)))


def _breach(proof: Proof, held: Held) -> Iterator[str]:
    yield f"<h3>{escape(told(held.promise.name))}</h3>"
    if isinstance(held.promise, Possible) or not held.history:
        yield f"<p>{escape(tell('no history reaches it'))}</p>"
        return
    lines = history_lines(proof, held)
    yield html_table(("on", "what"), [(line.on.isoformat(), line_said(line)) for line in lines])
    yield f"<pre>{escape(replay_command(proof, held, lines))}</pre>"
    if (test := breach_test(proof, held, told(held.promise.name))) is not None:
        yield f"<details><summary>{escape(tell('as a test, which fails until it is mended:'))}</summary><pre>{escape(test)}</pre></details>"
