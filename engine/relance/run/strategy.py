"""A portfolio whose facts are in memory, as a journal gives them: folded like any other, and only who is due looked at one by one.

Gives actions as `Action`, with the sums worked out, for a journal and for letters; `decided` gives rows for a lake. The fold says who is
due; their actions are made of their own facts. Few debtors go one by one from the start: starting a fold takes longer than
they do. So do all of them where `relance[tables]` is not installed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from relance.extras import has_tables
from relance.model import Facts
from relance.portfolio.evaluation import Evaluation, evaluate
from relance.portfolio.routing import Routing

#: So many debtors are decided one by one sooner than a fold has read them.
FEW = 5_000


def evaluate_known(
    known: Sequence[Facts], routing: Routing, on: date, *, few: int = FEW, progress: Callable[[int], None] | None = None
) -> Evaluation:
    """Decide every case of a portfolio on a day; the same answer as `evaluate`, in another order. `progress` is told how many debtors are done."""
    if len(known) < few or not has_tables():
        return evaluate(known, routing, on, progress=progress)
    from relance.columnar.engines import PolarsEngine
    from relance.columnar.evaluation import evaluate_tables
    from relance.columnar.schema import from_facts

    try:
        tables = from_facts(known).frames()
    except ValueError:  # an amount finer than its currency is in no column of whole numbers
        return evaluate(known, routing, on, progress=progress)
    decided = evaluate_tables(PolarsEngine(), tables, routing, on)
    due = set(decided.actions["debtor"])
    actions = evaluate([facts for facts in known if facts.debtor.id in due], routing, on).actions
    if progress is not None:
        progress(len({facts.debtor.id for facts in known}))
    invoices = sum(len(facts.invoices) for facts in known)
    return Evaluation(
        on, decided.counts, actions, decided.duties, decided.unrouted, cases=decided.folded + decided.plain, invoices=invoices,
        routed=invoices - len(decided.unrouted),
    )  # fmt: skip
