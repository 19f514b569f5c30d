"""What payers do after each step: the author's figures, read from a file. Says nothing of where they come from.

`after: {any: {"7": "0.10", "30": "0.25"}}`: of those who still owe, the share that has paid so many days after a step.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from relance.errors import RelanceError
from relance.language import source
from relance.language.findings import errors
from relance.sentences import sentence


@dataclass(frozen=True)
class Behaviour:
    """What share of those who still owe pays within so many days of a step (`any`: of every step), cumulated, by growing days."""

    after: Mapping[str, tuple[tuple[int, float], ...]]

    def of(self, step: str) -> tuple[tuple[int, float], ...]:
        """Return the curve after a step."""
        return self.after.get(step) or self.after.get("any", ())


class BehaviourError(RelanceError, ValueError):
    """A payment-behaviour file that says what it cannot mean."""


def read_behaviour(path: Path) -> Behaviour:
    """Read a file of the form `after: {any: {"7": "0.10", "30": "0.25"}}`. Raises BehaviourError, OSError."""
    found, said = source.read(path.read_bytes(), str(path))
    wrong = errors(said)
    if found is None or wrong:
        raise BehaviourError("; ".join(f"{path}:{one.line}: {one.message}" for one in wrong))
    after = found.value.get("after") if isinstance(found.value, dict) else None
    if not isinstance(after, dict) or not after:
        raise BehaviourError(sentence("{path}: expected `after:`, with shares paid by day for steps or `any`", path=path))
    return Behaviour({str(step): _curve(path, str(step), curve) for step, curve in after.items()})


def _curve(path: Path, step: str, raw: Any) -> tuple[tuple[int, float], ...]:
    if not isinstance(raw, dict):
        raise BehaviourError(sentence('{path}: after {step}: expected days and shares, as {{7: "0.10"}}', path=path, step=step))
    try:
        curve = sorted((int(str(days).split()[0]), float(Decimal(str(share)))) for days, share in raw.items())
    except (ValueError, ArithmeticError) as error:
        raise BehaviourError(sentence("{path}: after {step}: {error}", path=path, step=step, error=error)) from error
    shares = [0.0, *(share for _, share in curve)]
    if any(days < 0 for days, _ in curve) or sorted(shares) != shares or shares[-1] > 1:
        raise BehaviourError(sentence("{path}: after {step}: shares grow with the days, from 0 to 1", path=path, step=step))
    return tuple(curve)
