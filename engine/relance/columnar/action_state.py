"""What the ladder did, folded: steps done, open, failed, in draft, and the days on which the debtor was contacted.

Where another system sends, most actions are automatic and nothing went wrong with them: they are executed on the day they were
emitted. The rest (drafts, calls, tasks, failures, withdrawals, and what relance itself sends) have their words read one by one, as in
`relance.interpreter.action_state`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw

from relance.columnar.engines import Frame, stacked
from relance.columnar.inputs import ACT, CLAIM, WHO, Setting, among, masked, size
from relance.contact_room import ContactLimit
from relance.interpreter.action_state import DUTY
from relance.model import CONTACT_CHANNELS, MANUAL_CHANNELS, POSTED_CHANNELS, Channel, Sender

#: An execution packed into one number: the occurrence, then the day + 200,000 below 2^20.
SHIFT, OFFSET = 2**20, 200_000
#: Channels as numbers; a step that is none of the playbook's, and a duty's.
CODES: Mapping[Channel, int] = {channel: place for place, channel in enumerate(Channel)}
_OTHER, _DUTY = -1, -2
#: The number of a channel that nobody knows, where rows are grouped.
_ANY = -1
_MANUAL = [CODES[channel] for channel in sorted(MANUAL_CHANNELS)]
_TOUCHING = [CODES[channel] for channel in sorted(CONTACT_CHANNELS)]
_NAMES = dict(enumerate(Channel))
_PLAIN = ["case", "known", "rung", "occurrence", "channel", "on"]
_UNDOING = ("action.failed", "action.cancelled")


@dataclass(frozen=True)
class Acts:
    """The actions of the cases: the plain ones (executed when emitted), and the special ones with what became of them.

    Both have case (a key), known and rung (the step's place, -1 another's, -2 a duty's; `rung` only where the present carrier carried
    it), occurrence, channel (its place in `Channel`), on. `special` adds at, executed, moved, since, failed, waits, pending, open, manual. Of whatever case,
    `undone` are those that failed or were withdrawn (carrier, known, occurrence, channel), and `contacts` the days of contact (who, on,
    channel, times) that special ones add to the plain ones', or take from them. `odd` are debtors whose actions only the plain fold reads.
    """

    plain: Frame
    special: Frame
    undone: Frame
    contacts: Frame
    odd: Frame | None


def acts(setting: Setting, cases: Frame) -> Acts:
    """Read the actions of some cases (who, currency, case, carrier)."""
    engine = setting.engine
    made = _emitted(setting).join(_names(setting, cases), on="about", how="left")
    if setting.has(*_UNDOING):
        undone = setting.seldom.filter(among("kind", _UNDOING)).select(ACT).unique(ACT).with_columns(undone=nw.lit(1))
        made = made.join(undone, on=ACT, how="left").with_columns(undone=~nw.col("undone").is_null())
    else:
        made = made.with_columns(undone=nw.lit(value=False))
    made = made.with_columns(touched=nw.col("undone") | nw.col("watched"))
    kept = engine.keep(_carried(setting, made.filter(~nw.col("case").is_null() | nw.col("about").is_null() | nw.col("touched"))))
    words = setting.events.filter(among("kind", ["action.approved", "action.executed"]))
    words = engine.keep(words.select(WHO, ACT, "at", "on", said=_code(nw.col("kind"))))
    plain, special = kept.filter(~nw.col("touched")), kept.filter("touched")
    approved = words.filter(nw.col("said") == _APPROVED).select(ACT)
    stray = engine.keep(approved.join(special.select(ACT), on=ACT, how="anti").unique(ACT))
    if size(engine, stray):  # approved though no draft, which is seldom
        more = _emitted(setting).join(stray, on=ACT, how="semi").join(_names(setting, cases), on="about", how="left")
        more = engine.keep(_carried(setting, more.with_columns(undone=nw.lit(value=False), touched=nw.lit(value=True))))
        plain, special = plain.join(stray, on=ACT, how="anti"), stacked([special, more])
    special = special.filter(~nw.col("case").is_null() | nw.col("channel").is_in(_TOUCHING) | nw.col("undone"))
    odd = _odd(setting, kept, words)
    plain = engine.keep(plain.filter(~nw.col("case").is_null()).select(_PLAIN))
    became = engine.keep(_became(setting, special, words))
    own = engine.keep(became.filter(~nw.col("case").is_null()).drop(WHO, "carrier", "cancelled", "watched"))
    over = engine.keep(became.filter((nw.col("failed") | nw.col("cancelled")) & (nw.col("known") >= 0)).select("carrier", "known", "occurrence", "channel"))
    touching = became.filter(nw.col("channel").is_in(_TOUCHING))
    told = touching.filter(~nw.col("executed").is_null()).select(WHO, nw.col("executed").alias("on"), "channel", times=nw.lit(1))
    undone = touching.filter(~nw.col("watched")).select(WHO, "on", "channel", times=nw.lit(-1))  # counted among those sent by themselves
    coming = touching.filter("pending").select(WHO, nw.lit(setting.today).cast(nw.Int32).alias("on"), "channel", times=nw.lit(1))  # leaves today at the earliest
    return Acts(plain, own, over, engine.keep(stacked([told, coming, undone])), odd)


def _names(setting: Setting, cases: Frame) -> Frame:
    """Return (about, case, bearer): what an action may call each case — of an account, its name or one of its claims — and who carries it."""
    own = cases.select(nw.col("case").alias("about"), "case", nw.col("carrier").alias("bearer"))
    if not setting.account:
        return own
    claims = setting.invoices.select(nw.col(CLAIM).alias("about"), WHO, "currency")
    bearers = cases.select(WHO, "currency", "case", nw.col("carrier").alias("bearer"))
    return stacked([own, claims.join(bearers, on=[WHO, "currency"], how="inner").select("about", "case", "bearer")])


def _watched() -> nw.Expr:
    """Say whether an action is one whose words must be read: under approval, carried out by a person, or sent by relance."""
    return nw.col("draft").fill_null(value=False) | among("channel", MANUAL_CHANNELS) | nw.col("channel").is_null() | _posted()


def _posted() -> nw.Expr:
    """Say whether relance itself sends an action, so that it has left only when that is written down."""
    return among("sent_by", [str(Sender.RELANCE)]) & among("channel", POSTED_CHANNELS)


def _emitted(setting: Setting) -> Frame:
    """Return the actions emitted, with numbers in the place of steps and channels; `about` is the key of what they call their case, `carrier_name` its carrier."""
    found = setting.events.filter(nw.col("kind") == "action.emitted").with_columns(
        case_name=nw.coalesce("case", "invoice"),
        carrier_name=nw.when(nw.coalesce("carrier", nw.lit("")) == "").then(nw.coalesce("invoice", "case")).otherwise(nw.col("carrier")),
    )
    step, ours = nw.col("step"), among("playbook", ["", setting.playbook.id]) | nw.col("playbook").is_null()
    place: nw.Expr = nw.lit(_OTHER)
    for name, index in setting.plan.by_id.items():
        place = nw.when(step == name).then(nw.lit(index)).otherwise(place)
    known = nw.when(step.str.starts_with(DUTY)).then(nw.lit(_DUTY)).when(ours).then(place).otherwise(nw.lit(_OTHER))
    found = setting.engine.keyed(found, about=("creditor", "case_name")).with_columns(  # before anything is joined: texts cost most there
        watched=_watched(), posted=_posted(), known=known.cast(nw.Int8), channel=_channel_code().cast(nw.Int8),
        occurrence=nw.coalesce(nw.col("occurrence"), nw.lit(1)).cast(nw.Int32), draft=nw.coalesce(nw.col("draft"), nw.lit(value=False)),
    )  # fmt: skip
    return found.select(WHO, ACT, "about", "known", "occurrence", "channel", "on", "at", "draft", "posted", "watched", "creditor", "carrier_name")


def _carried(setting: Setting, found: Frame) -> Frame:
    """Say who carried each action, and which step it is of a case; a step counts for an account only if the present carrier carried it.

    `carrier` is its carrier's key: of an account's actions, else of those alone that failed or were withdrawn, for nobody asks the others for it.
    """
    if not setting.account:
        found = found.with_columns(carrier_name=masked(nw.col("undone"), "carrier_name"))
    found = setting.engine.keyed(found, carrier=("creditor", "carrier_name"))
    here = nw.col("carrier").is_null() | (nw.col("carrier") == nw.col("bearer")) if setting.account else nw.lit(True)
    found = found.with_columns(nameless=nw.col("about").is_null(), rung=nw.when(here).then(nw.col("known")).otherwise(nw.lit(_OTHER)).cast(nw.Int8))
    return found.select(WHO, ACT, *_PLAIN, "carrier", "at", "draft", "nameless", "undone", "touched", "posted")


def _channel_code() -> nw.Expr:
    """Put its number in the place of a channel; a task's where none is named."""
    channel: nw.Expr = nw.lit(CODES[Channel.TASK])
    for name, code in CODES.items():
        channel = nw.when(nw.col("channel") == str(name)).then(nw.lit(code)).otherwise(channel)
    return channel


def _odd(setting: Setting, kept: Frame, words: Frame) -> Frame | None:
    """Name the debtors of actions without an id or a case, and of a second occurrence of a step that is executed once."""
    once = [rung.index for rung in setting.plan.rungs if not rung.recurs]
    again = (nw.col("occurrence") > 1) & nw.col("known").is_in(once)
    lost = nw.col("nameless") | nw.col(ACT).is_null()
    odd = stacked([kept.filter(lost | again).select(WHO), words.filter(nw.col(ACT).is_null()).select(WHO)])
    odd = setting.engine.keep(odd.unique(WHO))
    return odd if size(setting.engine, odd) else None


#: Words about an action, as numbers.
_WORDS = ("action.approved", "action.executed", *_UNDOING)
_APPROVED, _EXECUTED, _FAILED, _CANCELLED = range(4)


def _code(kind: nw.Expr) -> nw.Expr:
    code: nw.Expr = nw.lit(_APPROVED)
    for place, word in enumerate(_WORDS):
        code = nw.when(kind == word).then(nw.lit(place)).otherwise(code)
    return code.cast(nw.Int8)


def _became(setting: Setting, special: Frame, words: Frame) -> Frame:
    """Add to each special action what the words after it made of it."""
    said = words.select(ACT, "said", "at", "on")
    if not setting.has(*_UNDOING):
        return _shaped(_of_words(special, said, None))
    undone = setting.seldom.filter(among("kind", _UNDOING) & ~nw.col(ACT).is_null()).select(ACT, "at", "on", said=_code(nw.col("kind")))
    undone = undone.select(ACT, "said", "at", "on")
    names = undone.select(ACT).unique(ACT)
    easy, hard = special.join(names, on=ACT, how="anti"), special.join(names, on=ACT, how="semi")
    return stacked([_shaped(_of_words(easy, said, None)), _shaped(_of_words(hard, stacked([said, undone]), undone))])


def _of_words(special: Frame, words: Frame, undone: Frame | None) -> Frame:
    """Add the days of approval and execution since an action was last undone, and when it failed or was withdrawn."""
    said = words.rename({"at": "said_at", "on": "said_on"}).join(special.select(ACT, "at"), on=ACT, how="inner")
    said = said.filter(nw.col("said_at") > nw.col("at"))
    is_ = {code: nw.col("said") == code for code in range(len(_WORDS))}
    peaks = ["undone_at", "approved_at", "executed_at", "failed_at", "cancelled_at", "approved_on"]
    if undone is None:
        wide = said.select(
            ACT, approved_at=masked(is_[_APPROVED], "said_at"), executed_at=masked(is_[_EXECUTED], "said_at"),
            approved_on=masked(is_[_APPROVED], "said_on"), executed_on=masked(is_[_EXECUTED], "said_on"),
        )  # fmt: skip
        folded = wide.group_by(ACT).agg(*(nw.col(name).max() for name in ("approved_at", "executed_at", "approved_on")), nw.col("executed_on").min())
        none = nw.lit(None).cast(nw.Int64)
        return special.join(folded, on=ACT, how="left").with_columns(undone_at=none, failed_at=none, cancelled_at=none)
    last = said.filter(nw.col("said") >= _FAILED).group_by(ACT).agg(nw.col("said_at").max().alias("undone_at"))
    said = said.join(last, on=ACT, how="left")
    since = (nw.col("said_at") > nw.col("undone_at")).fill_null(value=True)
    wide = said.select(
        ACT, "undone_at",
        approved_at=masked(is_[_APPROVED], "said_at"),
        executed_at=masked(is_[_EXECUTED], "said_at"),
        failed_at=masked(is_[_FAILED], "said_at"),
        cancelled_at=masked(is_[_CANCELLED], "said_at"),
        approved_on=masked(is_[_APPROVED] & since, "said_on"),
        executed_on=masked(is_[_EXECUTED] & since, "said_on"),
    )  # fmt: skip
    folded = wide.group_by(ACT).agg(*(nw.col(name).max() for name in peaks), nw.col("executed_on").min())
    return special.join(folded, on=ACT, how="left")


def _shaped(found: Frame) -> Frame:
    """Say of each special action whether and when it was executed, and whether it failed, waits, or is open."""
    manual = nw.col("channel").is_in(_MANUAL)
    told = manual | nw.col("posted")  # done on the day that somebody wrote down
    own = masked(~nw.col("draft") & ~manual & nw.col("undone_at").is_null(), "on")
    by_word = nw.when(told).then(nw.col("executed_on")).otherwise(nw.coalesce("approved_on", own, "executed_on"))
    approved = ~nw.col("approved_at").is_null()
    failed = (nw.col("failed_at") > nw.coalesce(nw.col("executed_at"), nw.lit(-(2**62)))).fill_null(value=False)
    cancelled = ~nw.col("cancelled_at").is_null()
    found = found.with_columns(executed=by_word, failed=failed, cancelled=cancelled, manual=manual, watched=nw.col("draft") | told)
    over, free = nw.col("failed") | nw.col("cancelled"), ~nw.col("draft") | approved
    undone = nw.col("executed").is_null() & ~over
    return found.with_columns(
        waits=nw.col("draft") & ~approved & ~over,
        open=manual & free & undone,
        pending=nw.col("posted") & free & undone,
        moved=nw.coalesce(masked(nw.col("draft") | ~manual, "executed"), nw.col("on")),
        since=nw.coalesce("approved_on", "on"),
    ).select(
        WHO, *_PLAIN, "carrier", "at", "executed", "moved", "since", "failed", "cancelled", "waits", "pending", "open", "manual", "watched"
    )  # fmt: skip


# --------------------------------------------------------------------------- contacts


def contact_days(setting: Setting, made: Acts, live: Frame, *, apart: bool) -> Frame:
    """Return (who, on, channel): every day on which one of some debtors was contacted, for whatever case; `apart`, once for each channel, else of none."""
    by_itself = among("channel", CONTACT_CHANNELS - MANUAL_CHANNELS) & ~nw.col("draft").fill_null(value=False) & ~_posted()
    sent = setting.events.filter((nw.col("kind") == "action.emitted") & by_itself)
    way = _channel_code() if apart else nw.lit(None)
    found = [sent.select(WHO, "on", channel=way.cast(nw.Int8), times=nw.lit(1))]
    found.append(made.contacts.with_columns(channel=(nw.col("channel") if apart else way).cast(nw.Int8)).select(WHO, "on", "channel", "times"))
    if setting.elsewhere is not None:
        told = nw.when(~nw.col("channel").is_null()).then(way).cast(nw.Int8)
        found.append(setting.elsewhere.select(WHO, "on", channel=told, times=nw.lit(1)))
    each = stacked([frame.join(live, on=WHO, how="semi") for frame in found])
    if not apart:
        days = each.group_by(WHO, "on").agg(nw.col("times").sum()).filter(nw.col("times") > 0)
        return days.select(WHO, "on", channel=way.cast(nw.Int8))
    each = each.with_columns(channel=nw.coalesce("channel", nw.lit(_ANY).cast(nw.Int8)))
    days = each.group_by(WHO, "on", "channel").agg(nw.col("times").sum()).filter(nw.col("times") > 0)
    return days.select(WHO, "on", channel=masked(nw.col("channel") != _ANY, "channel"))


def channel_of(code: int | None) -> Channel | None:
    """Return the channel of a number; None: nobody knows it."""
    return None if code is None else _NAMES[code]


def contacts(setting: Setting, made: Acts, live: Frame) -> Frame:
    """Return (who, full_0, …): since when each contact limit is full, of those of some debtors that were contacted."""
    limits = setting.plan.limits
    apart = any(limit.channels for limit in limits)
    days = contact_days(setting, made, live, apart=apart)
    if not apart:
        return _full(days, dict(enumerate(limits)))
    days = setting.engine.keep(days)
    found = days.select(WHO).unique(WHO)
    by_channels: defaultdict[frozenset[Channel], dict[int, ContactLimit]] = defaultdict(dict)
    for place, limit in enumerate(limits):
        by_channels[limit.channels][place] = limit
    for channels, some in by_channels.items():
        codes = [CODES[channel] for channel in sorted(channels)]
        own = days.filter(nw.col("channel").is_in(codes) | nw.col("channel").is_null()) if codes else days
        found = found.join(_full(own.select(WHO, "on").unique([WHO, "on"]), some), on=WHO, how="left")
    return found


def _full(days: Frame, limits: Mapping[int, ContactLimit]) -> Frame:
    """Return (who, full_<place>) of limits that count the same days (who, on)."""
    most = max(limit.most for limit in limits.values())
    if most == 1:
        return days.group_by(WHO).agg(*(nw.col("on").max().alias(f"full_{place}") for place in limits))
    ranked = days.with_columns(rank=nw.col("on").rank("ordinal", descending=True).over(WHO)).filter(nw.col("rank") <= most)
    ranked = ranked.with_columns(**{f"full_{place}": masked(nw.col("rank") == limit.most, "on") for place, limit in limits.items()})
    return ranked.group_by(WHO).agg(*(nw.col(f"full_{place}").max() for place in limits))


# --------------------------------------------------------------------------- steps


def steps(setting: Setting, made: Acts) -> Frame:
    """Return one row per case that acted: case, last_move, handed, per step i done_i, times_i, open_i, failed_i_<channel>, and draft, draft_on, pending, pending_on."""
    plain, special = made.plain, made.special
    size_ = len(setting.plan.rungs)
    pack = nw.col("occurrence").cast(nw.Int64) * SHIFT + nw.col("on").cast(nw.Int64) + OFFSET
    wide = plain.with_columns(packed=pack).select(
        "case", masked(nw.col("known") != _DUTY, "on").alias("moved_on"), _handed(setting, nw.lit(True)),
        *(masked(nw.col("rung") == index, "packed").alias(f"auto_{index}") for index in range(size_)),
    )  # fmt: skip
    plainly = wide.group_by("case").agg(*(nw.col(name).max() for name in ("moved_on", "handed", *(f"auto_{index}" for index in range(size_)))))
    found = plainly.rename({name: f"p_{name}" for name in ("moved_on", "handed", *(f"auto_{index}" for index in range(size_)))})
    found = _special(setting, special).join(found, on="case", how="full")
    found = found.with_columns(
        case=nw.coalesce("case", "case_right"),
        last_move=nw.max_horizontal("moved_on", "p_moved_on"),
        handed=nw.max_horizontal("handed", "p_handed"),
        **{f"done_{index}": _done(index) for index in range(size_)},
    )
    times = _times(setting, plain, special)
    if times is not None:
        found = found.join(times, on="case", how="left")
    keep = ("case", "last_move", "handed", "done_", "open_", "failed_", "draft", "pending", "times_", "first_")
    return found.select(*(name for name in found.collect_schema().names() if name.startswith(keep) and name not in ("case_right", "draft_at", "pending_at")))


def _handed(setting: Setting, executed: nw.Expr) -> nw.Expr:
    """Say that an action handed over an invoice that climbs by itself; of an account, `handovers` says it claim by claim."""
    over = nw.lit(not setting.account) & executed & (nw.col("channel") == CODES[Channel.HANDOVER]) & (nw.col("rung") >= 0)
    return nw.when(over).then(nw.lit(1)).otherwise(nw.lit(0)).alias("handed")


def _special(setting: Setting, special: Frame) -> Frame:
    """Fold the special actions of each case."""
    executed = ~nw.col("executed").is_null()
    packed = nw.col("occurrence").cast(nw.Int64) * SHIFT + nw.col("executed").cast(nw.Int64) + OFFSET
    columns = {
        "moved_on": masked(nw.col("known") != _DUTY, "moved"),
        "draft_at": masked(nw.col("waits") & (nw.col("known") >= 0), "at"),
        "pending_at": masked(nw.col("pending") & (nw.col("known") >= 0), "at"),
        "handed": _handed(setting, executed),
    }
    for rung in setting.plan.rungs:
        index, here = rung.index, nw.col("rung") == rung.index
        columns[f"auto_{index}"] = masked(here & executed & ~nw.col("manual"), packed)
        columns[f"hand_{index}"] = masked(here & executed & nw.col("manual"), packed)
        columns[f"open_{index}"] = masked(here & nw.col("open"), "on")
        for channel in channels_of(rung.ways):
            failed = here & nw.col("failed") & (nw.col("channel") == CODES[channel])
            columns[f"failed_{index}_{channel}"] = nw.when(failed).then(nw.lit(1)).otherwise(nw.lit(0))
    wide = special.select("case", *(value.alias(name) for name, value in columns.items()))
    found = wide.group_by("case").agg(*(nw.col(name).max() for name in columns))
    drafts = special.filter(nw.col("waits")).select("case", nw.col("at").alias("draft_at"), nw.col("known").alias("draft"), nw.col("on").alias("draft_on"))
    late = special.filter(nw.col("pending")).select("case", nw.col("at").alias("pending_at"), nw.col("known").alias("pending"), nw.col("since").alias("pending_on"))
    return found.join(drafts, on=["case", "draft_at"], how="left").join(late, on=["case", "pending_at"], how="left")


def _done(index: int) -> nw.Expr:
    """Choose the last execution of a step: of the last occurrence, by a message rather than by a call or task beside it."""
    sent = nw.max_horizontal(f"p_auto_{index}", f"auto_{index}")
    hand, best = nw.col(f"hand_{index}"), nw.coalesce(sent, nw.lit(-1))
    later = (hand // SHIFT > best // SHIFT).fill_null(value=False)
    return nw.when(later).then(hand).otherwise(sent) % SHIFT - OFFSET


def _times(setting: Setting, plain: Frame, special: Frame) -> Frame | None:
    """Count the occurrences executed of each step that may be executed again, and give the day of the first."""
    repeating = [rung.index for rung in setting.plan.rungs if rung.recurs]
    if not repeating:
        return None
    wanted = ["rung", "occurrence"]
    found = [
        plain.select("case", *wanted, nw.col("on").alias("executed")),
        special.filter(~nw.col("executed").is_null()).select("case", *wanted, "executed"),
    ]
    each = stacked(found).filter(nw.col("rung").is_in(repeating)).group_by("case", *wanted).agg(nw.col("executed").min())
    columns = [nw.when(nw.col("rung") == index).then(nw.lit(1)).otherwise(nw.lit(0)).alias(f"times_{index}") for index in repeating]
    columns += [masked(nw.col("rung") == index, "executed").alias(f"first_{index}") for index in repeating]
    sums = [nw.col(f"times_{index}").sum().cast(nw.Int64) for index in repeating]
    return each.select("case", *columns).group_by("case").agg(*sums, *(nw.col(f"first_{index}").min() for index in repeating))


def channels_of(ways: Sequence[tuple[Channel, int, Channel | None, int]]) -> list[Channel]:
    """List the channels a step may leave by, its fallbacks among them."""
    return list(dict.fromkeys(channel for way in ways for channel in (way[0], way[2]) if channel is not None))
