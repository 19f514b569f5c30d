"""The fold of a portfolio's tables, from the opened tables to one row of packed view columns per case.

Owns the order of the parts: money, states, promises, standing, cases, acts, contacts, debtors, truths, packs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import narwhals as nw

from relance.columnar import action_state as acting
from relance.columnar import invoices_and_cases as claiming
from relance.columnar.conditions import NOT_IN_TABLES, NotInTables, holds, postcodes, reach, truths
from relance.columnar.engines import Frame, stacked
from relance.columnar.habit import usual_delays
from relance.columnar.handovers import handed_over
from relance.columnar.inputs import CLAIM, WHO, Setting, among, apart, masked, size
from relance.columnar.mailboxes import house_mailboxes
from relance.columnar.newcomers import joined, keeping_place
from relance.columnar.offers import Offered, offers_made
from relance.columnar.packed_view import BARRIERS, contact_packs, packed, packs, with_contacts
from relance.columnar.schema import creditor_of, dated
from relance.interpreter.compiled import OFFERED
from relance.law.duties import mandate_ended
from relance.law.persons import PERSONS, STOPPING
from relance.law.places import COUNTRIES, PLACES, POSTCODES, pattern
from relance.model import Condition

CASE = ["creditor", "debtor", "case"]


@dataclass(frozen=True)
class Folded:
    """One row per case that is to be decided (who, case, carrier: keys; due, balance, `p_0` …), kept in the engine.

    `settled` counts the paid cases that need no decision: they are stopped, as paid.
    """

    setting: Setting
    cases: Frame
    settled: int
    acts: acting.Acts

    def of(self, cases: Frame) -> Folded:
        """Keep of the invoices those of some cases alone, for they are few, and read several times."""
        setting = self.setting
        claims = cases.select(WHO).unique(WHO) if setting.account else cases.select(nw.col("carrier").alias(CLAIM))
        few = setting.engine.keep(setting.invoices.join(claims, on=WHO if setting.account else CLAIM, how="semi"))
        return replace(self, setting=replace(setting, invoices=few, all_invoices=few))

    def named(self, cases: Frame) -> Frame:
        """Add to some cases the texts their keys stand for (creditor, debtor, case, carrier, currency, language); `claim` is the carrier's key."""
        setting, keyed = self.setting, cases.drop("case").rename({"carrier": CLAIM})
        claims = setting.all_invoices.select(CLAIM, "creditor", "debtor", nw.col("id").alias("carrier"), "currency")
        found = keyed.join(claims, on=CLAIM, how="left").join(setting.debtors.select(WHO, "language"), on=WHO, how="left")
        account = nw.concat_str(nw.col("debtor"), nw.lit("/"), nw.col("currency"))
        return found.with_columns(case=account if setting.account else nw.col("carrier"))


def fold(setting: Setting) -> Folded:
    """Fold the tables for one playbook. Raises `NotInTables` where it asks for a fact that only the plain fold knows."""
    return folds((setting,))[0]


def folds(settings: Sequence[Setting]) -> list[Folded]:
    """Fold the tables for several playbooks; a debtor whose actions one of them finds odd is left to the plain fold by all."""
    offered = offers_made(settings[0]) if settings else Offered()
    made = [_fold(setting, offered, shared=len(settings) > 1) for setting in settings]
    odd = [each.acts.odd for each in made if each.acts.odd is not None]
    return [_without(each, stacked(odd)) for each in made] if odd else made


def _without(folded: Folded, odd: Frame) -> Folded:
    """Leave out the cases of some debtors, the settled ones too."""
    engine, setting = folded.setting.engine, apart(folded.setting, odd)
    cases = engine.keep(folded.cases.join(odd, on=WHO, how="anti"))
    settled = size(engine, setting.invoices) - size(engine, cases) if claiming.settled_apart(setting) else 0
    return replace(folded, setting=setting, cases=cases, settled=settled)


def _fold(setting: Setting, offered: Offered, *, shared: bool) -> Folded:
    if (asked := claiming.facts_tested(setting.plan) & NOT_IN_TABLES):
        raise NotInTables(", ".join(sorted(asked)))
    settled_apart = claiming.settled_apart(setting)
    over = handed_over(setting)
    found = claiming.with_offers(_found(setting, open_only=settled_apart, gone=over.claims), setting.plan, offered.claims)
    cases = setting.engine.keep(_narrow(setting, _cases(setting, found)))
    made = acting.acts(setting, cases)
    if others := [each for each in (joined(setting, found, shared=shared), keeping_place(setting), over.odd, offered.odd) if each is not None]:
        odd = stacked([*others, *([] if made.odd is None else [made.odd])])
        made = replace(made, odd=setting.engine.keep(odd.unique(WHO)))
    settled = size(setting.engine, setting.invoices) - size(setting.engine, cases) if settled_apart else 0
    cases = _gone(setting, cases.join(acting.steps(setting, made), on="case", how="left"))
    cases = _barred(setting, _debtors(setting, cases))
    cases = packed(setting, truths(setting, reach(setting, cases)))
    columns = [WHO, "case", "carrier", "due", "balance"]
    names, contacts = packs(setting.plan), contact_packs(setting.plan)
    cases = setting.engine.keep(cases.select(*columns, "silent", *(name for name in names if name not in contacts)))
    if contacts:
        climbing = cases.filter(~nw.col("silent")).select(WHO).unique(WHO)
        cases = setting.engine.keep(with_contacts(setting, cases, acting.contacts(setting, made, climbing)).select(*columns, *names))
    return Folded(setting, cases, settled, made)


def holding(setting: Setting, condition: Condition) -> Frame:
    """Return the claims (who, claim) of the setting's cases of which a condition holds; it may ask for no step."""
    cases = truths(setting, reach(setting, _debtors(setting, _narrow(setting, _cases(setting, _found(setting))).with_columns(handed=nw.lit(0)))))
    cases = cases.filter(holds(condition, {test: place for place, test in enumerate(setting.plan.tests)}))
    if not setting.account:
        return cases.select(WHO, nw.col("case").alias(CLAIM))
    return setting.invoices.select(WHO, CLAIM, "currency").join(cases.select(WHO, "currency"), on=[WHO, "currency"], how="semi").select(WHO, CLAIM)


def _found(setting: Setting, *, open_only: bool = False, gone: Frame | None = None) -> Frame:
    found = _parties(setting, claiming.claims(setting, open_only=open_only))
    return claiming.standing(setting, found, setting.plan, gone)


def _cases(setting: Setting, found: Frame) -> Frame:
    return claiming.of_accounts(setting, setting.engine.keep(found)) if setting.account else claiming.of_invoices(setting, found)


def _narrow(setting: Setting, cases: Frame) -> Frame:
    """Leave out of cases what nothing looks at any more; texts cost most, and few playbooks ask for them."""
    tested = claiming.facts_tested(setting.plan)
    asked_for = {"creditor": "creditor", "tags": "tag", "debtor_kind": "debtor", "original_amount": "original_amount"}
    wanted = [
        WHO, "case", "carrier", "currency", "due", "issued", "exists", "paid", "balance", "asked", "overdue", "left_due", "broken",
        "ended", "u_hold", "u_promise", "mandate", *(column for column, fact in asked_for.items() if fact in tested),
    ]  # fmt: skip
    return cases.select(*(name for name in cases.collect_schema().names() if name in wanted or name.startswith(("s_", "soon_", "a_", "own_")) or name == OFFERED))


def _parties(setting: Setting, found: Frame) -> Frame:
    """Add what limitation asks of debtor and creditor: debtor_kind, creditor_kind, and the mandate."""
    kinds = setting.debtors.select(WHO, nw.col("kind").alias("debtor_kind"))
    owners = setting.creditors.select(nw.col("id").alias("creditor"), nw.col("kind").alias("creditor_kind"), _mandate(setting))
    found = found.join(kinds, on=WHO, how="left").join(owners, on="creditor", how="left")
    return found.with_columns(creditor_kind=nw.coalesce("creditor_kind", nw.lit("business")))


def _debtors(setting: Setting, cases: Frame) -> Frame:
    """Add what conditions and channels ask of the debtor."""
    filled = {
        f"has_{name}": ~nw.col(name).is_null() & (nw.col(name) != "").fill_null(value=False) for name in ("email", "phone")
    } | {"has_address": ~nw.col("address").is_null()}
    codes = postcodes(setting)
    known = _reached_by_a_role(setting, _placed(setting.debtors.with_columns(**filled, **codes))).select(
        WHO, "profile", "country", "language", "score", nw.col("tags").alias("debtor_tags"), "place", *filled, *codes
    )
    cases = cases.join(known, on=WHO, how="left")
    tested = claiming.facts_tested(setting.plan)
    if "unpaid_invoices" in tested:
        every = claiming.claims(replace(setting, invoices=setting.all_invoices))  # those that other playbooks take are counted, too
        unpaid = every.filter(nw.col("exists") & (nw.col("outstanding") > 0)).group_by(WHO, "currency").agg(nw.len().cast(nw.Int64).alias("unpaid"))
        cases = cases.join(unpaid, on=[WHO, "currency"], how="left")
    if "usual_delay" in tested:
        cases = cases.join(usual_delays(setting), on=WHO, how="left")
    if "profile" in tested and setting.has("profile.changed"):
        said = setting.seldom.filter(nw.col("kind") == "profile.changed").select(WHO, "at", "data")
        last = said.group_by(WHO).agg(nw.col("at").max())
        cases = cases.join(_profiles(setting, said.join(last, on=[WHO, "at"], how="semi")), on=WHO, how="left")
        cases = cases.with_columns(profile=nw.coalesce("new_profile", "profile"))
    return cases


def _reached_by_a_role(setting: Setting, known: Frame) -> Frame:
    """Let the mailbox of a role of his house reach a debtor who has none of his own; a consumer has no such people."""
    if (houses := house_mailboxes(setting)) is None:
        return known
    known = known.join(houses.with_columns(house=nw.lit(True)), on=WHO, how="left")
    house = nw.coalesce(nw.col("house"), nw.lit(False)) & ~among("kind", ["consumer"])
    return known.with_columns(has_email=nw.col("has_email") | house)


def _mandate(setting: Setting) -> nw.Expr:
    """Return the day of each creditor's mandate, none where it has ended; creditors are few, and their terms are Python's to read."""
    if setting.playbook.collector != "agency":
        return nw.col("mandate")
    rows = dated(setting.engine.home(setting.creditors), "creditors").iter_rows(named=True)
    ended = [one.id for one in map(creditor_of, rows) if mandate_ended(one, setting.on) is not None]
    return nw.when(~nw.col("id").is_in(ended)).then(nw.col("mandate")).alias("mandate") if ended else nw.col("mandate")


def _person() -> nw.Expr:
    """Return the number of the gravest state that the debtor's tags tell and that stops, as `recipients.stopping` does; debtors with events go one by one."""
    tags, found = nw.col("debtor_tags").str.to_lowercase(), nw.lit(0)
    for name in reversed(STOPPING):
        for tag in PERSONS[name].tags:
            found = nw.when(tags.str.contains(f"|{tag}|", literal=True)).then(nw.lit(BARRIERS.index(name))).otherwise(found)
    return found


def _placed(debtors: Frame) -> Frame:
    """Add the number of an address's place among `PLACES`, from 1; 0 where it has no holidays of its own. The same rule as `places.holiday_place`."""
    country, place = nw.coalesce("address_country", nw.lit("FR")), nw.lit(0).cast(nw.Int64)
    for code, where in COUNTRIES.items():
        place = nw.when(country == code).then(nw.lit(PLACES.index(where) + 1)).otherwise(place)
    some = nw.col("address").str.contains(pattern(f"(?:{'|'.join(POSTCODES)})")).fill_null(value=False)
    debtors = debtors.with_columns(afar=masked((country == "FR") & some, "address"))  # few: the rest is read once, and no more
    for postcode, where in reversed(tuple(POSTCODES.items())):
        here = nw.col("afar").str.contains(pattern(postcode)).fill_null(value=False)
        place = nw.when(here).then(nw.lit(PLACES.index(where) + 1)).otherwise(place)
    return debtors.with_columns(place=nw.when(nw.col("address").is_null()).then(nw.lit(0)).otherwise(place).cast(nw.Int64))


def _profiles(setting: Setting, said: Frame) -> Frame:
    """Read the profile out of the last words; they are few, and JSON is Python's."""
    import json

    import polars as pl

    rows = setting.engine.home(said.select(WHO, "data"))
    named = [json.loads(text or "{}").get("profile") for text in rows["data"]]
    return setting.engine.share(rows.select(WHO).with_columns(pl.Series("new_profile", named, dtype=pl.String)))


def _gone(setting: Setting, cases: Frame) -> Frame:
    """Leave nothing in the case of an invoice that its ladder handed over, where the playbook looks at that; of an account it is said claim by claim."""
    if setting.account or "handed_over" not in claiming.facts_tested(setting.plan):
        return cases
    over = nw.coalesce(nw.col("handed"), nw.lit(0)) > 0
    zero = nw.lit(0).cast(nw.Int64)
    return cases.with_columns(left_due=masked(~over, "left_due"), overdue=nw.when(over).then(zero).otherwise(nw.col("overdue")))


def _barred(setting: Setting, cases: Frame) -> Frame:
    """Add the barrier by its number in `BARRIERS`: closed by hand, an agency without the creditor's mandate, a person not to be written to (by a tag)."""
    nothing = _person()
    mandate = nothing
    if setting.playbook.collector == "agency":
        given = (nw.col("mandate") <= setting.today).fill_null(value=False)
        mandate = nw.when(given).then(nothing).otherwise(nw.lit(2))
    return cases.with_columns(barrier=nw.when(nw.col("s_closed")).then(nw.lit(1)).otherwise(mandate))


