"""What the ladder did, folded: steps done, open, failed, in draft, and the days on which the debtor was contacted.

Most actions are automatic and nothing went wrong with them: they are executed on the day they were emitted. The rest (drafts,
calls, tasks, failures, withdrawals) are few, and their words are read one by one, as in `relance.ladder.acts`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw

from relance.ladder.acts import DUTY
from relance.ledger.fold.engines import Frame, stacked
from relance.ledger.fold.setting import DEBTOR, Setting, among, masked
from relance.model import CONTACT_CHANNELS, MANUAL_CHANNELS, Channel

#: An execution packed into one number: the occurrence, then the day + 200,000 below 2^20.
SHIFT, OFFSET = 2**20, 200_000
_COLUMNS = [*DEBTOR, "case", "carrier", "playbook", "step", "occurrence", "channel", "on"]
_ACT = [*DEBTOR, "id"]
_SAID = ["kind", "at", "on"]
_UNDOING = ("action.failed", "action.cancelled")


@dataclass(frozen=True)
class Acts:
    """The actions of the portfolio: the plain ones (executed when emitted), and the special ones with what became of them.

    `special` adds at, executed, failed, cancelled, waits, open. None: there is none.
    """

    plain: Frame
    special: Frame | None


def acts(setting: Setting, live: Frame) -> Acts:
    """Read the actions of the portfolio; the special ones of some debtors only (`live`: creditor, debtor)."""
    emitted = setting.events.filter(nw.col("kind") == "action.emitted").with_columns(
        case=nw.coalesce("case", "invoice", nw.lit("")),
        carrier=nw.coalesce("carrier", "invoice", "case", nw.lit("")),
        playbook=nw.coalesce("playbook", nw.lit("")),
        occurrence=nw.coalesce(nw.col("occurrence"), nw.lit(1)),
        channel=nw.coalesce("channel", nw.lit(str(Channel.TASK))),
        draft=nw.coalesce(nw.col("draft"), nw.lit(False)),
    )
    watched = nw.col("draft") | among("channel", MANUAL_CHANNELS)
    columns = [*_COLUMNS, "id", "at", "draft"]
    plain = emitted.filter(~watched)
    special = setting.engine.keep(emitted.filter(watched).select(columns).join(live, on=DEBTOR, how="semi"))
    words = setting.events.filter(among("kind", ["action.approved", "action.executed"])).select(*_ACT, *_SAID)
    words = setting.engine.keep(words.join(live, on=DEBTOR, how="semi"))
    named = _touched(setting, words, special)
    if named is not None:
        touched = plain.join(named, on="id", how="semi").select(columns).join(live, on=DEBTOR, how="semi")
        plain = plain.join(named, on="id", how="anti")
        special = stacked([special, setting.engine.keep(touched)])
    return Acts(plain.select(_COLUMNS), setting.engine.keep(_became(setting, special, words)))


def _touched(setting: Setting, words: Frame, watched: Frame) -> Frame | None:
    """Name the actions of which a word was said that is seldom said of automatic ones: failed, withdrawn, approved though no draft."""
    found = []
    if setting.has(*_UNDOING):
        found.append(setting.seldom.filter(among("kind", _UNDOING)).select("id"))
    approved = words.filter(nw.col("kind") == "action.approved").select(_ACT)
    stray = setting.engine.keep(approved.join(watched.select(_ACT), on=_ACT, how="anti").select("id"))
    if setting.engine.home(stray.select(nw.len().alias("count"))).item():
        found.append(stray)
    return setting.engine.keep(stacked(found).unique(["id"])) if found else None


def _became(setting: Setting, special: Frame, words: Frame) -> Frame:
    """Add to each special action what the words after it made of it."""
    if not setting.has(*_UNDOING):
        return _shaped(_of_words(special, words, None))
    undone = setting.seldom.filter(among("kind", _UNDOING) & ~nw.col("id").is_null()).select(*_ACT, *_SAID)
    names = undone.select(_ACT).unique(_ACT)
    easy, hard = special.join(names, on=_ACT, how="anti"), special.join(names, on=_ACT, how="semi")
    return stacked([_shaped(_of_words(easy, words, None)), _shaped(_of_words(hard, stacked([words, undone]), undone))])


def _of_words(special: Frame, words: Frame, undone: Frame | None) -> Frame:
    """Add the days of approval and execution since an action was last undone, and when it failed or was withdrawn."""
    kind = nw.col("kind")
    own = special.select(*_ACT, "at")
    said = words.select(*_ACT, "kind", nw.col("on").alias("said_on"), nw.col("at").alias("said_at")).join(own, on=_ACT, how="inner")
    said = said.filter(nw.col("said_at") > nw.col("at"))
    if undone is not None:
        last = said.filter(among("kind", _UNDOING)).group_by(*_ACT).agg(nw.col("said_at").max().alias("undone_at"))
        said = said.join(last, on=_ACT, how="left")
        since = (nw.col("said_at") > nw.col("undone_at")).fill_null(value=True)
    else:
        said, since = said.with_columns(undone_at=nw.lit(None).cast(nw.Int64)), nw.lit(True)
    said = said.select(
        *_ACT, "undone_at",
        approved_at=masked(kind == "action.approved", "said_at"),
        executed_at=masked(kind == "action.executed", "said_at"),
        failed_at=masked(kind == "action.failed", "said_at"),
        cancelled_at=masked(kind == "action.cancelled", "said_at"),
        approved_on=masked((kind == "action.approved") & since, "said_on"),
        executed_on=masked((kind == "action.executed") & since, "said_on"),
    )  # fmt: skip
    peaks = ["undone_at", "approved_at", "executed_at", "failed_at", "cancelled_at", "approved_on"]
    folded = said.group_by(*_ACT).agg(*(nw.col(name).max() for name in peaks), nw.col("executed_on").min())
    return special.join(folded, on=_ACT, how="left")


def _shaped(found: Frame) -> Frame:
    """Say of each special action whether and when it was executed, and whether it failed, waits, or is open."""
    manual = among("channel", MANUAL_CHANNELS)
    own = masked(~nw.col("draft") & ~manual & nw.col("undone_at").is_null(), "on")
    by_word = nw.when(manual).then(nw.col("executed_on")).otherwise(nw.coalesce("approved_on", own, "executed_on"))
    approved = ~nw.col("approved_at").is_null()
    failed = (nw.col("failed_at") > nw.coalesce(nw.col("executed_at"), nw.lit(-(2**62)))).fill_null(value=False)
    cancelled = ~nw.col("cancelled_at").is_null()
    found = found.with_columns(executed=by_word, failed=failed, cancelled=cancelled, manual=manual)
    over = nw.col("failed") | nw.col("cancelled")
    return found.with_columns(
        waits=nw.col("draft") & ~approved & ~over,
        open=manual & (~nw.col("draft") | approved) & nw.col("executed").is_null() & ~over,
    ).select(*_COLUMNS, "at", "executed", "failed", "cancelled", "waits", "open", "manual")


# --------------------------------------------------------------------------- contacts


def contacts(setting: Setting, made: Acts, live: Frame) -> Frame:
    """Return (creditor, debtor, last_contact, full_since) of those of some debtors that were contacted."""
    day = [*DEBTOR, "on"]
    found = [made.plain.filter(among("channel", CONTACT_CHANNELS)).select(day).join(live, on=DEBTOR, how="semi")]
    if made.special is not None:
        sent = made.special.filter(among("channel", CONTACT_CHANNELS) & ~nw.col("executed").is_null())
        found.append(sent.select(*DEBTOR, nw.col("executed").alias("on")).join(live, on=DEBTOR, how="semi"))
    if setting.elsewhere is not None:
        found.append(setting.elsewhere.join(live, on=DEBTOR, how="semi").select(day))
    most = setting.playbook.contact.max_contacts if setting.plan.room is not None else None
    if most is None:
        return stacked(found).group_by(*DEBTOR).agg(nw.col("on").max().alias("last_contact"))
    days = stacked(found).group_by(*day).agg(nw.len().alias("times")).select(day)
    ranked = days.with_columns(rank=nw.col("on").rank("ordinal", descending=True).over(*DEBTOR)).filter(nw.col("rank") <= most)
    ranked = ranked.with_columns(full=masked(nw.col("rank") == most, "on"))
    return ranked.group_by(*DEBTOR).agg(nw.col("on").max().alias("last_contact"), nw.col("full").max().alias("full_since"))


# --------------------------------------------------------------------------- steps


def steps(setting: Setting, made: Acts, cases: Frame) -> tuple[Frame, Sequence[str]]:
    """Return one row per case that acted, and its columns: last_move, per step i done_i, times_i, open_i, failed_i_<channel>, draft, draft_on, handed."""
    key = [*DEBTOR, "case"]
    plain = _of_cases(setting, made.plain, cases)
    special = None if made.special is None else setting.engine.keep(_of_cases(setting, made.special, cases))
    size = len(setting.plan.rungs)
    pack = nw.col("occurrence").cast(nw.Int64) * SHIFT + nw.col("on").cast(nw.Int64) + OFFSET
    wide = plain.with_columns(packed=pack).select(
        *key, masked(~nw.col("step").str.starts_with(DUTY), "on").alias("on"), *(masked(nw.col("rung") == index, "packed").alias(f"sent_{index}") for index in range(size)),
        handed=nw.when((nw.col("channel") == Channel.HANDOVER) & (nw.col("rung") >= 0)).then(nw.lit(1)).otherwise(nw.lit(0)),
    )  # fmt: skip
    found = wide.group_by(*key).agg(
        nw.col("on").max().alias("last_move"), nw.col("handed").max(), *(nw.col(f"sent_{index}").max() for index in range(size))
    )
    joined = cases.select(key).join(found, on=key, how="left")
    names = ["last_move", "handed"]
    if special is not None:
        folded = _special(setting, special)
        joined = joined.join(folded, on=key, how="left")
        joined = joined.with_columns(
            last_move=nw.max_horizontal("last_move", "moved_on"), handed=nw.max_horizontal("handed", "handed_over_on")
        )
        names += [name for name in folded.collect_schema().names() if name.startswith(("open_", "failed_", "draft"))]
    for index in range(size):
        joined = _done(joined, index, special is not None)
        names.append(f"done_{index}")
    times = _times(setting, plain, special)
    if times is not None:
        joined = joined.join(times, on=key, how="left")
        names += [name for name in times.collect_schema().names() if name.startswith(("times_", "first_"))]
    return joined.select(*key, *names), names


def _of_cases(setting: Setting, frame: Frame, cases: Frame) -> Frame:
    """Keep the actions of some cases, name each's step by its place, and of an account's leave out those of another carrier."""
    plan = setting.plan
    if setting.account:
        names = cases.select(*DEBTOR, "case", nw.col("carrier").alias("bearer"))
        own = frame.join(names, on=[*DEBTOR, "case"], how="inner")
        claims = setting.invoices.select(
            *DEBTOR, nw.col("id").alias("case"), nw.concat_str(nw.col("debtor"), nw.lit("/"), nw.col("currency")).alias("account")
        )
        by_claim = frame.join(claims, on=[*DEBTOR, "case"], how="inner").with_columns(case=nw.col("account")).drop("account")
        by_claim = by_claim.join(names, on=[*DEBTOR, "case"], how="inner")
        frame = stacked([own.select(sorted(own.collect_schema().names())), by_claim.select(sorted(own.collect_schema().names()))])
        here = nw.col("carrier").is_in([""]) | (nw.col("carrier") == nw.col("bearer"))
    else:
        frame = frame.join(cases.select(*DEBTOR, "case"), on=[*DEBTOR, "case"], how="semi")
        here = nw.lit(True)
    ours = among("playbook", ["", setting.playbook.id])
    place: nw.Expr = nw.lit(-1)
    for name, index in plan.by_id.items():
        place = nw.when(nw.col("step") == name).then(nw.lit(index)).otherwise(place)
    return frame.with_columns(
        known=nw.when(ours).then(place).otherwise(nw.lit(-1)),
    ).with_columns(rung=nw.when(here).then(nw.col("known")).otherwise(nw.lit(-1)))


def _special(setting: Setting, special: Frame) -> Frame:
    """Fold the special actions of each case."""
    key = [*DEBTOR, "case"]
    executed = ~nw.col("executed").is_null()
    packed = nw.col("occurrence").cast(nw.Int64) * SHIFT + nw.col("executed").cast(nw.Int64) + OFFSET
    columns = {
        "moved_on": masked(~nw.col("step").str.starts_with(DUTY), "on"),
        "draft_at": masked(nw.col("waits") & (nw.col("known") >= 0), "at"),
        "handed_over_on": nw.when((nw.col("channel") == Channel.HANDOVER) & executed & (nw.col("rung") >= 0)).then(nw.lit(1)).otherwise(nw.lit(0)),
    }
    for rung in setting.plan.rungs:
        index, here = rung.index, nw.col("rung") == rung.index
        columns[f"auto_{index}"] = masked(here & executed & ~nw.col("manual"), packed)
        columns[f"hand_{index}"] = masked(here & executed & nw.col("manual"), packed)
        columns[f"open_{index}"] = masked(here & nw.col("open"), "on")
        for channel in channels_of(rung.ways):
            columns[f"failed_{index}_{channel}"] = nw.when(here & nw.col("failed") & (nw.col("channel") == channel)).then(nw.lit(1)).otherwise(nw.lit(0))
    wide = special.select(*key, *(value.alias(name) for name, value in columns.items()))
    found = wide.group_by(*key).agg(*(nw.col(name).max() for name in columns))
    drafts = special.filter(nw.col("waits")).select(*key, nw.col("at").alias("draft_at"), nw.col("known").alias("draft"), nw.col("on").alias("draft_on"))
    return found.join(drafts, on=[*key, "draft_at"], how="left")


def channels_of(ways: Sequence[tuple[Channel, int, Channel | None, int]]) -> list[Channel]:
    """List the channels a step may leave by, its fallbacks among them."""
    return list(dict.fromkeys(channel for way in ways for channel in (way[0], way[2]) if channel is not None))


def _done(frame: Frame, index: int, special: bool) -> Frame:  # noqa: FBT001
    """Choose the last execution of a step: of the last occurrence, by a message rather than by a call or task beside it."""
    sent = nw.max_horizontal(f"sent_{index}", f"auto_{index}") if special else nw.col(f"sent_{index}")
    if special:
        hand, best = nw.col(f"hand_{index}"), nw.coalesce(sent, nw.lit(-1))
        later = (hand // SHIFT > best // SHIFT).fill_null(value=False)
        sent = nw.when(later).then(hand).otherwise(sent)
    return frame.with_columns(**{f"done_{index}": sent % SHIFT - OFFSET})


def _times(setting: Setting, plain: Frame, special: Frame | None) -> Frame | None:
    """Count the occurrences executed of each step that repeats, and give the day of the first."""
    repeating = [rung.index for rung in setting.plan.rungs if rung.again is not None]
    if not repeating:
        return None
    key, wanted = [*DEBTOR, "case"], ["rung", "occurrence"]
    found = [plain.select(*key, *wanted, nw.col("on").alias("executed"))]
    if special is not None:
        found.append(special.filter(~nw.col("executed").is_null()).select(*key, *wanted, "executed"))
    each = stacked(found).filter(nw.col("rung").is_in(repeating)).group_by(*key, *wanted).agg(nw.col("executed").min())
    columns = [nw.when(nw.col("rung") == index).then(nw.lit(1)).otherwise(nw.lit(0)).alias(f"times_{index}") for index in repeating]
    columns += [masked(nw.col("rung") == index, "executed").alias(f"first_{index}") for index in repeating]
    sums = [nw.col(f"times_{index}").sum().cast(nw.Int64) for index in repeating]
    return each.select(*key, *columns).group_by(*key).agg(*sums, *(nw.col(f"first_{index}").min() for index in repeating))
