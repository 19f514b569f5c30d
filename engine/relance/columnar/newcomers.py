"""Debtors of an agency's accounts that may hold an invoice its first letter has not named: the plain fold reads them.

`relance.interpreter.newcomers` says which those are; here it is told of whom it need not be asked: whose invoices were all due before the
first of those letters and are named by one of them. tests/columnar/test_fold.py holds the two together.
"""

from __future__ import annotations

from collections.abc import Collection

import narwhals as nw
import polars as pl

from relance.columnar.engines import Frame, stacked
from relance.columnar.inputs import CLAIM, WHO, Setting, among
from relance.columnar.invoices_and_cases import account_keys
from relance.interpreter.compiled import notice_steps
from relance.interpreter.newcomers import first_letter
from relance.model import StepKind


def joined(setting: Setting, claims: Frame, *, shared: bool) -> Frame | None:
    """Name the debtors (who) of accounts that an invoice may have joined after their letter; `shared`: other playbooks take invoices, too.

    `claims` has one row per claim: who, claim, currency, due, issued, is_left. None where no letter of that kind was ever written.
    """
    letter = first_letter(setting.playbook)
    return None if letter is None else joined_since(setting, claims, [letter.id, *letter.formerly], shared=shared)


def keeping_place(setting: Setting) -> Frame | None:
    """Name the debtors (who) whose account was given a formal notice, or has acted and keeps its place: what its messages asked says where it stands, and the plain fold reads that."""
    if not setting.account:
        return None
    made = (nw.col("kind") == "action.emitted") & among("step", setting.plan.by_id)
    if not setting.playbook.keeps_place:
        made = made & (among("step_kind", [str(StepKind.FORMAL_NOTICE)]) | among("step", notice_steps(setting.playbook)))
    return setting.engine.keep(setting.events.filter(made).select(WHO).unique(WHO))


def joined_since(setting: Setting, claims: Frame, names: Collection[str], *, shared: bool) -> Frame:
    """Name the debtors (who) of accounts with several due claims, one of which may have joined after the first message of the steps named."""
    made = setting.events.filter((nw.col("kind") == "action.emitted") & among("step", names)).with_columns(name=nw.coalesce("case", "invoice"))
    listed = made.select(WHO, "creditor", "data")
    made = setting.engine.keyed(made.select(WHO, "creditor", "on", "name"), about=("creditor", "name")).select(WHO, "on", "about")
    made = made.join(account_keys(setting).select("currency", about=nw.col("case")), on="about", how="left")
    unclear = made.filter(nw.col("currency").is_null()).select(WHO)  # names one invoice, or none: what else it told of is for the plain fold to say
    first = made.filter(~nw.col("currency").is_null()).group_by(WHO, "currency").agg(nw.col("on").min().alias("first"))
    due = claims.filter(nw.col("is_left") & (nw.col("due") < setting.today)).select(WHO, CLAIM, "currency", "due", "issued")
    together = due.join(first, on=[WHO, "currency"], how="inner")
    several = together.group_by(WHO, "currency").agg(nw.len().alias("several")).filter(nw.col("several") > 1).select(WHO, "currency")
    together = together.join(several, on=[WHO, "currency"], how="semi")
    if not shared:
        said = stacked([setting.seldom.select(WHO), setting.money.filter(nw.col("kind") == "payment.reversed").select(WHO)]).unique(WHO)
        late = (nw.col("due") >= nw.col("first")) | (nw.col("issued") > nw.col("first")).fill_null(value=False)
        early = together.filter(~late)
        unnamed = early.join(_named(setting, listed.join(early.select(WHO).unique(WHO), on=WHO, how="semi")), on=CLAIM, how="anti")
        together = stacked([together.filter(late).select(WHO), together.join(said, on=WHO, how="semi").select(WHO), unnamed.select(WHO)])
    return setting.engine.keep(stacked([together.select(WHO), unclear]).unique(WHO))


def _named(setting: Setting, letters: Frame) -> Frame:
    """Name the claims (claim) that some letters say they are about: their data lists the numbers."""
    data = setting.engine.home(letters.select("creditor", "data"))
    lists = pl.col("data").str.json_path_match("$.invoices").str.json_decode(pl.List(pl.String))
    rows = data.select("creditor", invoice=lists).explode("invoice").drop_nulls().unique()
    return setting.engine.keyed(setting.engine.share(rows), **{CLAIM: ("creditor", "invoice")}).select(CLAIM)
