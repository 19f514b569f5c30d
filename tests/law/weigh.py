"""Weigh the known sentences of `mended/` and `held_out/`, the rules' examples and the shipped letters: `python tests/law/weigh.py` writes `likeness.json`.

One minute. Whoever adds a sentence runs it; a test says so when it was forgotten.
"""

import hashlib
import json
import re
from math import exp, sqrt
from pathlib import Path

from relance.law import grammar, likeness

HERE = Path(__file__).parent
FILE = HERE.parents[1] / "playbooks" / "law" / "fr" / "checks" / "likeness.json"
#: From which score a sentence is told: where, of sentences kept apart, hardly a lawful one lay (decision 220).
LIMIT = 0.5
_ROUNDS, _STEP, _DECAY = 30, 0.5, 0.005


def known():
    """Return the forbidden and the lawful sentences; one that is lawful to some debtors only is in neither."""
    forbidden = {line.split(" | ")[1] for folder in ("mended", "held_out") for line in _lines(folder, "forbidden")}
    lawful = {line.split(" | ")[1] for folder in ("mended", "held_out") for line in _lines(folder, "lawful")}
    for rule in grammar.sentence_rules():
        forbidden.update(rule.catches)
        lawful.update(rule.spares)
    return sorted(forbidden - lawful), sorted(lawful - forbidden)


def shipped_letters():
    """Return what the shipped letters say, as of the day of weighing: they are lawful."""
    wordings = sorted(HERE.parents[1].glob("templates/fr/*/*.j2"))
    snapshots = sorted((HERE.parent / "playbooks" / "snapshots").glob("*/fr/*.txt"))
    said = {text for path in wordings for text in _said(path.read_text(encoding="utf-8"))}
    return sorted(said | {" ".join(part.split()) for path in snapshots for part in path.read_text(encoding="utf-8").split("\n\n")})


def _said(wording):
    """Return the paragraphs of a wording as it stands, its variables as a number."""
    return {" ".join(part.split()) for part in re.sub(r"\{\{.*?\}\}", "12", re.sub(r"(?s)\{%.*?%\}|\{#.*?#\}|^---.*?---$", " ", wording)).split("\n") if len(part.split()) > 2}


def _lines(folder, name):
    return [line for line in (HERE / folder / f"{name}.txt").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


def digest():
    """Name the sentences that the weights were made of; a shipped letter that changes asks for no new ones."""
    return hashlib.sha256(json.dumps(known(), ensure_ascii=False).encode()).hexdigest()


def weigh(forbidden, lawful):
    """Fit the weights: a logistic regression over the traits, by steps that shrink with what a trait has moved."""
    rows = [(traits, side) for side, texts in ((1.0, forbidden), (0.0, lawful)) for text in texts for traits in likeness.read(text)]
    counted = {}
    for traits, _ in rows:
        for trait in traits:
            counted[trait] = counted.get(trait, 0) + 1
    rows = [(sorted(trait for trait in traits if counted[trait] > 1), side) for traits, side in rows]
    rows.sort(key=lambda row: hashlib.sha256(" ".join(row[0]).encode()).digest())
    weights = {trait: 0.0 for traits, _ in rows for trait in traits}
    moved = dict.fromkeys(weights, 1e-8)
    bias, bias_moved = 0.0, 1e-8
    for _ in range(_ROUNDS):
        for traits, side in rows:
            if not traits:
                continue
            length = sqrt(len(traits))
            wrong = 1 / (1 + exp(-(bias + sum(weights[trait] for trait in traits) / length))) - side
            for trait in traits:
                step = wrong / length + _DECAY * weights[trait]
                moved[trait] += step * step
                weights[trait] -= _STEP * step / sqrt(moved[trait])
            bias_moved += wrong * wrong
            bias -= _STEP * wrong / sqrt(bias_moved)
    return bias, weights


def main():
    forbidden, lawful = known()
    bias, weights = weigh(forbidden, [*lawful, *shipped_letters()])
    kept = {trait: rounded for trait, weight in sorted(weights.items()) if (rounded := round(weight, 2))}
    FILE.write_text(json.dumps({"of": digest(), "bias": round(bias, 2), "limit": LIMIT, "weights": kept}, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
