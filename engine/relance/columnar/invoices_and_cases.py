"""One row per claim, with what is open of it, its states as flags, and whether it is left in its case; then one row per case.

The columns say of a claim what `relance.interpreter.invoice_state.InvoiceState` says, and of a case what `observe.case_today` says.
"""

from __future__ import annotations

from datetime import date, timedelta

import narwhals as nw

from relance.columnar.engines import Frame
from relance.columnar.inputs import CLAIM, WHO, Setting, anchor, masked, number
from relance.columnar.invoice_states import states, words
from relance.columnar.movements import moved
from relance.columnar.own_fields import own_columns, own_truths
from relance.columnar.promises import promises
from relance.dates import add
from relance.interpreter import snapshot
from relance.interpreter.compiled import OFFERED, CompiledPlaybook
from relance.law.limitation import barred_on
from relance.model import GIVEN_ANCHORS, Duration, Test

#: States that take an invoice out of its account and have a column here: debtors with a plan go one by one.
TAKE_OUT = tuple(word for word in snapshot.TAKE_OUT if word != "plan_running")
FLAGS = (*TAKE_OUT, "insolvent", "promise_broken")
_BLANK = {
    "dispute": False, "hold": False, "insolvent": False, "written_off": False, "handed_over": False, "closed": False, "cancelled": False,
    "promised": False, "promise_broken": False,
}  # fmt: skip
_NONE = ("part", "until", "ended", "promise_until", "promise_ended")


def facts_tested(plan: CompiledPlaybook) -> frozenset[str]:
    """Name every fact the playbook's conditions compare."""
    return frozenset(test.fact for test in plan.tests)


def claims(setting: Setting, *, open_only: bool = False) -> Frame:
    """Return one row per claim that the table fold answers for; with `open_only`, of those that are paid only what was closed by hand.

    Columns: who, claim, creditor, id, currency, due, issued, tags, nature, exists, outstanding, undisputed, the flags of `FLAGS`,
    until and unknown (of what holds it), ended, broken, is_left, and `a_<anchor>`.
    """
    own = setting.invoices.select(WHO, CLAIM, "creditor", "id", "currency", "due", "issued", "amount", "tags", "nature", "delivered", "performed", *_placed(setting), *(["fields"] if own_columns(setting) else []))
    found = own_truths(setting, own).join(moved(setting), on=CLAIM, how="left")
    said = _said(setting)
    if open_only:  # before anything else is joined: of most portfolios most invoices are paid
        going = (nw.col("amount") > nw.coalesce(nw.col("moved"), nw.lit(0))) | ~_exists(setting)
        if said is not None:
            found = found.join(said.filter(nw.col("closed")).select(CLAIM, by_hand=nw.lit(1)), on=CLAIM, how="left")
            going = going | ~nw.col("by_hand").is_null()
        found = found.filter(going)
    have = {"moved"}
    for part in (said, promises(setting)):
        if part is not None:
            have |= set(part.collect_schema().names())
            found = found.join(part, on=CLAIM, how="left")
    blanks = [nw.coalesce(nw.col(name), nw.lit(blank)).alias(name) for name, blank in _BLANK.items() if name in have]
    blanks += [nw.lit(blank).alias(name) for name, blank in _BLANK.items() if name not in have]
    blanks += [nw.lit(None).cast(nw.Int64).alias(name) for name in _NONE if name not in have]
    broken = nw.coalesce(nw.col("broken"), nw.lit(0)).cast(nw.Int64) if "broken" in have else nw.lit(0).cast(nw.Int64)
    found = found.with_columns(
        *blanks,
        broken=broken,
        exists=_exists(setting),
        moved=nw.coalesce(nw.col("moved"), nw.lit(0)),
    )
    found = found.with_columns(left=nw.when(nw.col("cancelled")).then(nw.lit(0).cast(nw.Int64)).otherwise(nw.col("amount")) - nw.col("moved"))
    found = found.with_columns(outstanding=nw.when(nw.col("exists") & (nw.col("left") > 0)).then(nw.col("left")).otherwise(nw.lit(0).cast(nw.Int64)))
    if open_only:
        found = found.filter((nw.col("outstanding") > 0) | ~nw.col("exists") | nw.col("closed"))
    return found.drop("left")


def _exists(setting: Setting) -> nw.Expr:
    """Say whether a claim was issued by now; one played forward as a whole is as it will be when it is issued."""
    if setting.whole and not setting.account:
        return nw.lit(True)
    return nw.col("issued").is_null() | (nw.col("issued") <= setting.today)


def _said(setting: Setting) -> Frame | None:
    said = words(setting)
    return None if said is None else setting.engine.keep(states(setting, said))


def settled_apart(setting: Setting) -> bool:
    """Say whether a paid claim of which nothing else was said is stopped as paid, whatever else: then it need not be decided."""
    first = setting.plan.playbook.stop_when[:1]
    return not setting.account and first == (Test("paid", "is", value=True),) and setting.plan.playbook.collector != "agency"


def standing(setting: Setting, found: Frame, plan: CompiledPlaybook, gone: Frame | None = None) -> Frame:
    """Add the flags of conditions and what is left in the case; needs debtor_kind and creditor_kind on each row.

    `gone` are the claims (claim, gone) that a hand-over named.
    """
    if gone is not None:
        found = found.join(gone, on=CLAIM, how="left").with_columns(handed_over=nw.col("handed_over") | ~nw.col("gone").is_null())
    part, outstanding = nw.col("part"), nw.col("outstanding")
    whole = nw.col("dispute") & (part.is_null() | (part >= outstanding))
    zero = nw.lit(0).cast(nw.Int64)
    found = found.with_columns(runs_from=runs_from()).with_columns(
        disputed=whole & nw.col("exists"),
        on_hold=nw.col("hold"),
        undisputed=nw.when(whole).then(zero).when(nw.col("dispute")).then(outstanding - part).otherwise(outstanding),
        time_barred=barred_by(setting, setting.on),
    )
    found = found.with_columns(*((nw.col(name) & nw.col("exists")).alias(name) for name in FLAGS))
    taken = nw.any_horizontal(*(nw.col(name) for name in TAKE_OUT if name in plan.states), ignore_nulls=True)
    return found.with_columns(
        is_left=(nw.col("outstanding") > 0) & (nw.col("undisputed") > 0) & ~taken,
        ended=nw.max_horizontal("ended", "promise_ended"),
        **{f"soon_{place}": barred_by(setting, soon) for place, soon in horizons(setting)},
    ).drop("runs_from")


def with_offers(found: Frame, plan: CompiledPlaybook, made: Frame | None) -> Frame:
    """Add to claims whether they were made an offer (claim, offered), where the playbook looks at that."""
    if OFFERED not in facts_tested(plan):
        return found
    if made is None:
        return found.with_columns(offered=nw.lit(value=False))
    return found.join(made, on=CLAIM, how="left").with_columns(offered=~nw.col(OFFERED).is_null() & nw.col("exists"))


def horizons(setting: Setting) -> list[tuple[int, date]]:
    """List the tests of `limitation_within`, by their place, with the day each looks ahead to."""
    found = []
    for place, test in enumerate(setting.plan.tests):
        if test.fact == "limitation_within":
            assert isinstance(test.value, Duration)
            found.append((place, add(setting.on, test.value, setting.playbook.calendar)))
    return found


def barred_by(setting: Setting, day: date) -> nw.Expr:
    """Say whether a claim is time-barred on a day: the day it runs from (column `runs_from`) is on or before the last such day of its sort."""
    kinds: list[str | None] = ["business", "consumer", "public", None]
    answer: nw.Expr = nw.lit(False)
    nature = nw.coalesce(nw.col("nature"), nw.lit("general"))
    for name in setting.natures:
        for debtor in kinds:
            for creditor in ("business", ""):
                last = number(_last_barred(day, debtor, creditor or "other", name))
                sort = (nature == name) & (nw.col("debtor_kind") == debtor if debtor else ~nw.col("debtor_kind").is_in(["business", "consumer", "public"]).fill_null(value=False))
                of = nw.col("creditor_kind") == "business" if creditor else nw.col("creditor_kind") != "business"
                answer = answer | (sort & of & (nw.col("runs_from") <= last)).fill_null(value=False)
    return answer


def runs_from() -> nw.Expr:
    """Return the day from which limitation runs: that of `limitation.runs_from`, on columns."""
    due, delivered, performed = nw.col("due"), nw.col("delivered"), nw.col("performed")
    known = nw.min_horizontal("performed", "delivered")
    unknown = nw.when(nw.col("issued") < due).then(nw.col("issued")).otherwise(due)
    general = nw.when(performed.is_null() & delivered.is_null()).then(unknown).when(known < due).then(known).otherwise(due)
    carried = (nw.col("nature") == "transport").fill_null(value=False) & ~delivered.is_null()
    return nw.when(carried).then(delivered).otherwise(general)


def _last_barred(day: date, debtor: str | None, creditor: str, nature: str) -> date:
    """Find the latest day to run from of which a claim is time-barred on a day; limitation never runs backwards, so halving finds it."""
    low, high = date(1900, 1, 1), day
    while low < high:
        middle = low + timedelta(((high - low).days + 1) // 2)
        if barred_on(middle, debtor_kind=debtor, creditor_kind=creditor, nature=nature).on <= day:
            low = middle
        else:
            high = middle - timedelta(days=1)
    barred = barred_on(low, debtor_kind=debtor, creditor_kind=creditor, nature=nature).on <= day
    return low if barred else low - timedelta(days=1)


# --------------------------------------------------------------------------- cases


def of_invoices(setting: Setting, found: Frame) -> Frame:
    """One case per claim: `case` and `carrier` are its key."""
    gone = ~nw.col("is_left")
    found = found.with_columns(**{f"s_{name}": nw.col(name) & gone if name in TAKE_OUT else nw.col(name) for name in FLAGS})
    return found.with_columns(
        case=nw.col(CLAIM),
        carrier=nw.col(CLAIM),
        paid=nw.col("exists") & (nw.col("outstanding") == 0),
        balance=nw.when(nw.col("exists")).then(nw.col("undisputed")).otherwise(nw.lit(0).cast(nw.Int64)),
        overdue=nw.when(nw.col("is_left") & (nw.col("due") < setting.today)).then(nw.col("undisputed")).otherwise(nw.lit(0).cast(nw.Int64)),
        original_amount=nw.when(nw.col("exists")).then(nw.col("amount")).otherwise(nw.lit(0).cast(nw.Int64)),
        left_due=masked(nw.col("is_left"), "due"),
        broken=nw.when(nw.col("exists")).then(nw.col("broken")).otherwise(nw.lit(0).cast(nw.Int64)),
        u_hold=nw.col("until"),
        u_promise=nw.col("promise_until"),
        **_given(setting),
    )


def _given(setting: Setting) -> dict[str, nw.Expr]:
    """Return the anchors that came with a case and that its playbook counts from, of a claim or of an account's carrier."""
    due = nw.col("due")
    return {anchor(name): nw.when(nw.col(name) > due).then(nw.col(name)).otherwise(masked(~nw.col(name).is_null(), "due")) for name in GIVEN_ANCHORS if name in setting.plan.anchors}


def _placed(setting: Setting) -> list[str]:
    """Name the column of the day a claim was placed, where the playbook counts from it."""
    return ["placed"] if "placed" in setting.plan.anchors else []


def of_accounts(setting: Setting, found: Frame) -> Frame:
    """One case per debtor and currency, with the claim that carries it: the oldest left, ties to the smaller id.

    `case` is the key of the account's name, `carrier` that of the claim.
    """
    key = [WHO, "currency"]
    zero = nw.lit(0).cast(nw.Int64)
    origin, offers = "original_amount" in facts_tested(setting.plan), OFFERED in facts_tested(setting.plan)
    exists, is_left, open_ = nw.col("exists"), nw.col("is_left"), nw.col("exists") & (nw.col("outstanding") > 0)
    rank = nw.when(is_left).then(nw.lit(0)).when(open_).then(nw.lit(1)).when(exists).then(nw.lit(2)).otherwise(nw.lit(3))
    wide = found.with_columns(
        order=rank.cast(nw.Int64) * 2**32 + nw.col("due").cast(nw.Int64) + 2**24,
        n_left=_one(is_left), n_open=_one(open_), n_exists=_one(exists),
        left_sum=nw.when(is_left).then(nw.col("undisputed")).otherwise(zero),
        all_sum=nw.when(exists).then(nw.col("undisputed")).otherwise(zero),
        **({"left_origin": nw.when(is_left).then(nw.col("amount")).otherwise(zero), "all_origin": nw.when(exists).then(nw.col("amount")).otherwise(zero)} if origin else {}),
        **({"left_offered": _one(nw.col(OFFERED) & is_left), "all_offered": _one(nw.col(OFFERED))} if offers else {}),
        overdue=nw.when(is_left & (nw.col("due") < setting.today)).then(nw.col("undisputed")).otherwise(zero),
        left_due=masked(is_left, "due"),
        broken=nw.when(exists).then(nw.col("broken")).otherwise(zero),
        ended=masked(exists, "ended"),
        **{f"o_{name}": _one(nw.col(name) & open_) for name in FLAGS},
        **{f"e_{name}": _one(nw.col(name)) for name in FLAGS},
        **{f"soon_{place}": _one(nw.col(f"soon_{place}") & is_left) for place, _ in horizons(setting)},
        u_hold=masked(nw.col("on_hold"), "until"), u_promise=masked(nw.col("promised"), "promise_until"),
    )  # fmt: skip
    anchors = [name for name in wide.collect_schema().names() if name.startswith("a_")]
    wide = wide.with_columns(*(masked(exists, name).alias(name) for name in anchors)) if anchors else wide
    sums = ["n_left", "n_open", "n_exists", "left_sum", "all_sum", "overdue", "broken", *(("left_origin", "all_origin") if origin else ())]
    peaks = ["left_due_max", "ended", "u_hold", "u_promise", *(f"o_{name}" for name in FLAGS), *(f"e_{name}" for name in FLAGS), *anchors]
    peaks += [f"soon_{place}" for place, _ in horizons(setting)] + (["left_offered", "all_offered"] if offers else [])
    wide = wide.with_columns(left_due_max=nw.col("left_due"))
    cases = wide.group_by(*key).agg(
        nw.col("order").min(), nw.col("left_due").min(), nw.col("issued").min().alias("first_issued"),
        *(nw.col(name).sum().cast(nw.Int64) for name in sums), *(nw.col(name).max() for name in peaks if name != "left_due_max"),
    )  # fmt: skip
    tied = wide.join(cases.select(*key, "order"), on=[*key, "order"], how="semi")
    carriers = tied.group_by(*key).agg(nw.col("id").min(), nw.col("left_sum").sum().cast(nw.Int64).alias("announced"))
    lead = found.select(WHO, "id", nw.col(CLAIM).alias("carrier"), "creditor", "due", "issued", "tags", "debtor_kind", "creditor_kind", "mandate", *_placed(setting), *own_columns(setting))
    cases = cases.join(carriers, on=key, how="left").join(lead, on=[WHO, "id"], how="left")
    none_left = nw.col("n_left") == 0
    state = {name: _state(name) for name in FLAGS}
    cases = cases.with_columns(
        exists=nw.col("n_exists") > 0,
        paid=(nw.col("n_exists") > 0) & (nw.col("n_open") == 0),
        balance=nw.when(none_left).then(nw.col("all_sum")).otherwise(nw.col("left_sum")),
        **({"original_amount": nw.when(none_left).then(nw.col("all_origin")).otherwise(nw.col("left_origin"))} if origin else {}),
        **({OFFERED: nw.when(none_left).then(nw.col("all_offered")).otherwise(nw.col("left_offered")) > 0} if offers else {}),
        asked=nw.when(none_left).then(nw.col("all_sum")).when(nw.col("overdue") > 0).then(nw.col("overdue")).otherwise(nw.col("announced")),
        **{f"s_{name}": value for name, value in state.items()},
        **{f"soon_{place}": nw.col(f"soon_{place}") > 0 for place, _ in horizons(setting)},
    )
    cases = cases.join(account_keys(setting), on=key, how="left")
    return cases.with_columns(
        **_given(setting),
        issued=nw.when(nw.col("exists")).then(nw.col("issued")).otherwise(nw.col("first_issued")),
    )


def account_keys(setting: Setting) -> Frame:
    """Return (who, currency, case): the key of each account's name, as actions write it."""
    names = setting.invoices.select(WHO, "creditor", "debtor", "currency").unique([WHO, "currency"])
    names = names.with_columns(name=nw.concat_str(nw.col("debtor"), nw.lit("/"), nw.col("currency")))
    return setting.engine.keyed(names, case=("creditor", "name")).select(WHO, "currency", "case")


def held_until(setting: Setting) -> nw.Expr:
    """Return the last day of what holds a case: of the first plain word of `hold_while` that is true, where that day is known."""
    words = [test.fact for test in setting.playbook.hold_while if isinstance(test, Test) and test.op == "is" and test.value is True]
    none = nw.lit(None).cast(nw.Int32)
    found: nw.Expr = none
    for word in reversed(words):
        until = nw.col("u_hold") if word == "on_hold" else nw.col("u_promise") if word == "promised" else none
        state = nw.col("paid") if word == "paid" else nw.col(f"s_{word}") if word in FLAGS else nw.lit(False)
        found = nw.when(state).then(until.cast(nw.Int32)).otherwise(found)
    return found


def _one(condition: nw.Expr) -> nw.Expr:
    return nw.when(condition).then(nw.lit(1).cast(nw.Int64)).otherwise(nw.lit(0).cast(nw.Int64))


def _state(name: str) -> nw.Expr:
    """Say whether a state holds for an account: for one of its open invoices (else of all), and for none left if it takes out."""
    any_ = nw.when(nw.col("n_open") > 0).then(nw.col(f"o_{name}")).otherwise(nw.col(f"e_{name}")) > 0
    return any_ & (nw.col("n_left") == 0) if name in TAKE_OUT else any_
