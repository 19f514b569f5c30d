"""The fold of a portfolio's tables, from the opened tables to one row of packed view columns per case.

Owns the order of the parts: money, states, promises, standing, cases, acts, contacts, debtors, truths, packs.
"""

from __future__ import annotations

from dataclasses import dataclass

import narwhals as nw

from relance.ledger.fold import acts as acting
from relance.ledger.fold import claims as claiming
from relance.ledger.fold.engines import Frame
from relance.ledger.fold.setting import DEBTOR, Setting
from relance.ledger.fold.truths import reach, truths
from relance.ledger.fold.views import contact_pack, packed, packs, with_contacts

CASE = ["creditor", "debtor", "case"]


@dataclass(frozen=True)
class Folded:
    """One row per case that is to be decided (creditor, debtor, case, carrier, currency, due, balance, `p_0` …), kept in the engine.

    `settled` counts the paid cases that need no decision: they are stopped, as paid.
    """

    setting: Setting
    cases: Frame
    settled: int
    acts: acting.Acts


def fold(setting: Setting) -> Folded:
    """Fold the tables. Raises `NotInTables` where the playbook asks for a fact that only the plain fold knows."""
    found = claiming.claims(setting)
    settled = 0
    if claiming.settled_apart(setting):
        going = (nw.col("outstanding") > 0) | ~nw.col("exists") | nw.col("closed")
        found = setting.engine.keep(found.filter(going))
        counts = setting.engine.home(nw.concat([setting.invoices.select(nw.len().alias("n")), found.select(nw.len().alias("n"))], how="vertical"))
        settled = abs(counts["n"][0] - counts["n"][1])
    found = claiming.standing(setting, _parties(setting, found), setting.plan)
    cases = claiming.of_accounts(setting, found) if setting.account else claiming.of_invoices(setting, found)
    cases = setting.engine.keep(cases)
    live = setting.engine.keep(cases.select(DEBTOR).unique(DEBTOR))
    made = acting.acts(setting, live)
    done, _ = acting.steps(setting, made, cases)
    cases = _barred(setting, _debtors(setting, found, cases.join(done, on=CASE, how="left")))
    cases = packed(setting, truths(setting, reach(setting, cases)))
    columns = [*CASE, "carrier", "currency", "due", "balance", "language"]
    names, contacts = packs(setting.plan), contact_pack(setting.plan)
    cases = setting.engine.keep(cases.select(*columns, "silent", *(name for name in names if name != contacts)))
    if contacts is not None:
        climbing = setting.engine.keep(cases.filter(~nw.col("silent")).select(DEBTOR).unique(DEBTOR))
        cases = with_contacts(setting, cases, acting.contacts(setting, made, climbing))
        cases = setting.engine.keep(cases.select(*columns, *names))
    return Folded(setting, cases, settled, made)


def _parties(setting: Setting, found: Frame) -> Frame:
    """Add what limitation asks of debtor and creditor: debtor_kind, creditor_kind, and the mandate."""
    kinds = setting.debtors.select("creditor", nw.col("id").alias("debtor"), nw.col("kind").alias("debtor_kind"))
    owners = setting.creditors.select(nw.col("id").alias("creditor"), nw.col("kind").alias("creditor_kind"), "mandate")
    found = found.join(kinds, on=DEBTOR, how="left").join(owners, on="creditor", how="left")
    return found.with_columns(creditor_kind=nw.coalesce("creditor_kind", nw.lit("business")))


def _debtors(setting: Setting, found: Frame, cases: Frame) -> Frame:
    """Add what conditions and channels ask of the debtor."""
    filled = {
        f"has_{name}": ~nw.col(name).is_null() & (nw.col(name) != "").fill_null(value=False) for name in ("email", "phone")
    } | {"has_address": ~nw.col("address").is_null()}
    known = setting.debtors.with_columns(**filled).select(
        "creditor", nw.col("id").alias("debtor"), "profile", "country", "language", "score", nw.col("tags").alias("debtor_tags"), *filled
    )
    cases = cases.join(known, on=DEBTOR, how="left")
    tested = claiming.facts_tested(setting.plan)
    if "unpaid_invoices" in tested:
        open_ = found.filter(nw.col("exists") & (nw.col("outstanding") > 0))
        unpaid = open_.group_by(*DEBTOR, "currency").agg(nw.len().cast(nw.Int64).alias("unpaid"))
        cases = cases.join(unpaid, on=[*DEBTOR, "currency"], how="left")
    if "profile" in tested and setting.has("profile.changed"):
        said = setting.seldom.filter(nw.col("kind") == "profile.changed").select(*DEBTOR, "at", "data")
        last = said.group_by(*DEBTOR).agg(nw.col("at").max())
        cases = cases.join(_profiles(setting, said.join(last, on=[*DEBTOR, "at"], how="semi")), on=DEBTOR, how="left")
        cases = cases.with_columns(profile=nw.coalesce("new_profile", "profile"))
    return cases


def _profiles(setting: Setting, said: Frame) -> Frame:
    """Read the profile out of the last words; they are few, and JSON is Python's."""
    import json

    import polars as pl

    rows = setting.engine.home(said.select(*DEBTOR, "data"))
    named = [json.loads(text or "{}").get("profile") for text in rows["data"]]
    return setting.engine.share(rows.select(DEBTOR).with_columns(pl.Series("new_profile", named, dtype=pl.String)))


def _barred(setting: Setting, cases: Frame) -> Frame:
    """Add the barrier: 1 closed by hand, 2 an agency without the creditor's mandate."""
    nothing = nw.lit(0)
    mandate = nothing
    if setting.playbook.collector == "agency":
        given = (nw.col("mandate") <= setting.today).fill_null(value=False)
        mandate = nw.when(given).then(nothing).otherwise(nw.lit(2))
    return cases.with_columns(barrier=nw.when(nw.col("s_closed")).then(nw.lit(1)).otherwise(mandate))


