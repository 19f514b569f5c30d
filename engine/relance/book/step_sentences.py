"""The sentences about one step, key by key; see `sayings`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from relance.book.condition_sentences import if_said
from relance.book.french_dates import duration_said, every_said, listing, pause_said, quoted, weekdays, when_said
from relance.book.playbook_sentences import CHARGES, CLOSED
from relance.book.sayings import ToldPlaybook, of_key
from relance.law.deadlines import suggested_time
from relance.model import LETTERS, MANUAL_CHANNELS, TEXT_CHANNELS, AllOf, Asks, Channel, Condition, GrantsFrom, Step, StepKind, Test, Tone
from relance.report.french import CHANNELS, french_amount

_KINDS: Mapping[StepKind, str] = MappingProxyType(
    {
        StepKind.REMINDER: "C’est une étape amiable : elle n’a pas l’effet d’une mise en demeure.",
        StepKind.FORMAL_NOTICE: "C’est une mise en demeure (C. civ., art. 1344).",
        StepKind.HANDOVER: "Le dossier change de mains.",
        StepKind.LEGAL: "C’est un acte ou une démarche de procédure, confié à qui a qualité pour l’accomplir.",
        StepKind.TASK: "C’est une tâche pour une personne de la maison ; rien ne part au débiteur.",
    }
)
_TONES: Mapping[Tone, str] = MappingProxyType({Tone.COURTEOUS: "courtois", Tone.NEUTRAL: "neutre", Tone.FIRM: "ferme", Tone.FORMAL: "formel"})
_ROLES = {"accounting": "à la comptabilité", "director": "à la direction", "legal": "au service juridique", "salesman": "au commercial qui suit ce client"}
_TO = {"agency": "à une société de recouvrement", "bailiff": "à un commissaire de justice", "lawyer": "à un avocat", "court": "à la juridiction"}
_AS = {
    Channel.EMAIL: "par courriel", Channel.LETTER: "par lettre simple", Channel.REGISTERED_LETTER: "par lettre recommandée avec avis de réception",
    Channel.ELECTRONIC_REGISTERED_LETTER: "par lettre recommandée électronique", Channel.SMS: "par SMS", Channel.CALL: "par téléphone",
    Channel.TASK: "sous la forme d’une tâche, confiée à une personne", Channel.HANDOVER: "sous la forme d’un dossier à transmettre", Channel.WEBHOOK: "comme notification à un autre logiciel",
}  # fmt: skip
#: Where there is room for a day by which to pay.
_WRITTEN = LETTERS | {Channel.EMAIL}


@of_key("step.kind", "step.id", "step.title")
def _kind(step: Step, told: ToldPlaybook) -> str:
    del told
    return f"{_KINDS[step.kind]} Son titre est {quoted(step.title or step.id)}, son identifiant {quoted(step.id)}."


@of_key("step.at")
def _at(step: Step, told: ToldPlaybook) -> str:
    return f"Elle vient {when_said(step.at, told.titles)}."


@of_key("step.or_at")
def _or_at(step: Step, told: ToldPlaybook) -> str | None:
    return f"Elle vient plus tôt si cette date arrive la première : {when_said(step.or_at, told.titles)}." if step.or_at else None


@of_key("step.not_before")
def _not_before(step: Step, told: ToldPlaybook) -> str | None:
    return f"Elle ne vient pas avant cette date, si elle est connue : {when_said(step.not_before, told.titles)}." if step.not_before else None


@of_key("step.once")
def _once(step: Step, told: ToldPlaybook) -> str | None:
    del told
    return "Elle ne répond qu’au premier fait de ce genre." if step.once else None


@of_key("step.after")
def _after(step: Step, told: ToldPlaybook) -> str | None:
    return f"Il faut d’abord que {listing([quoted(told.titles.get(each, each)) for each in step.after])} soit exécutée ou passée à la main." if step.after else None


@of_key("step.if", "condition")
def _condition(step: Step, told: ToldPlaybook) -> str | None:
    del told
    return f"Elle n’a lieu que {if_said(step.condition)} ; sinon elle est passée." if step.condition else None


@of_key("step.channels")
def _channels(step: Step, told: ToldPlaybook) -> str:
    del told
    return f"Elle part {listing([_AS[each] for each in step.channels])}."


@of_key("step.fallback")
def _fallback(step: Step, told: ToldPlaybook) -> str | None:
    del told
    instead = [f"si elle ne peut partir {_AS[channel]}, {_AS[into]}" for channel, into in step.fallback]
    said = [f"À défaut, elle part autrement : {' ; '.join(instead)}."] if instead else []
    if TEXT_CHANNELS.intersection(step.channels) - _reached_by(step.condition):  # a step that is passed over gives no task
        said.append("Si le débiteur ne peut être joint ainsi, une personne reçoit une tâche qui dit ce qui manque.")
    return " ".join(said) or None


def _reached_by(condition: Condition | None) -> frozenset[str]:
    """Return the channels by each of which the debtor can be reached where a condition holds."""
    match condition:
        case Test("reachable_by", _, (str(channel),)):
            return frozenset({channel})
        case AllOf(parts):
            return frozenset().union(*map(_reached_by, parts))
        case _:
            return frozenset()


@of_key("step.tone", "step.template")
def _tone(step: Step, told: ToldPlaybook) -> str | None:
    del told
    if step.tone is None:
        return f"Sa fiche est {quoted(step.template or step.id)}." if step.template not in ("", step.id) else None
    return f"Le ton est {_TONES[step.tone]} ; le texte est {quoted(step.template or step.id)}."


@of_key("step.claim")
def _claim(step: Step, told: ToldPlaybook) -> str | None:
    del told
    asks = TEXT_CHANNELS.intersection(step.channels) or step.kind in (StepKind.HANDOVER, StepKind.LEGAL)
    if not step.claim:
        return "Seul le principal est réclamé." if asks and step.asks is Asks.WHOLE else None
    return f"Outre le principal, elle réclame {listing([CHARGES[each] for each in step.claim])}."


@of_key("step.asks")
def _asks(step: Step, told: ToldPlaybook) -> str | None:
    del told
    if step.asks is Asks.WHOLE:
        return None
    return "Elle ne réclame que ce qui manque de l’échéancier, ou tout le principal échu s’il n’y a pas d’échéancier."


@of_key("step.offer", "step.offer.settlement", "step.offer.accepted_by", "step.offer.instalments", "step.offer.every", "step.offer.first", "step.offer.again")
def _offer(step: Step, told: ToldPlaybook) -> str | None:
    del told
    offer = step.offer
    if offer is None:
        return None
    again = " L’offre est faite même si une autre l’a été auparavant." if offer.again else " Elle n’est faite qu’une fois pour une même facture."
    if offer.instalments is not None:
        parts = offer.instalments
        return (
            f"Elle offre de payer en {parts.number} versements, le premier {duration_said(parts.first)} après le dernier jour du délai laissé, les suivants {every_said(parts.every)} ; "
            f"les dates et les sommes sont calculées. Acceptée, l’offre devient un échéancier.{again}"
        )
    taken = "payer exactement cette somme dans le délai vaut acceptation" if offer.by_payment else "l’offre est acceptée par une réponse du débiteur"
    return (
        f"Elle offre de solder pour {str(offer.settlement).replace('.', ',')} % du principal jusqu’au dernier jour du délai laissé ; {taken}. Si cette somme est payée à temps, le dossier est clos et le reste abandonné ; "
        f"sinon, l’offre tombe et tout reste dû.{again}"
    )


@of_key("step.grants", "step.grants_from")
def _grants(step: Step, told: ToldPlaybook) -> str | None:
    if step.grants is None:
        return None if _before_due(step) or step.offer is not None or not _WRITTEN.intersection(step.channels) else _suggested(told)
    what = "payer ou répondre" if step.offer is None else "accepter l’offre ou payer"
    start = (
        "Comme le jour de présentation n’est pas connu d’avance, la lettre nomme le dernier jour possible : quinze jours de garde par la poste, puis ce délai."
        if step.grants_from is GrantsFrom.PRESENTATION
        else "Ce délai court du jour de l’envoi."
    )
    return f"Elle laisse {duration_said(step.grants)} pour {what}, et rien ne suit avant leur terme. {start} Le dernier jour n’est jamais un jour fermé au lieu du débiteur."


def _suggested(told: ToldPlaybook) -> str:
    """Say by which day a text asks to be paid whose step grants no time."""
    firm, private = (duration_said(suggested_time(consumer=consumer)) for consumer in (False, True))
    days = {"business": firm, "consumer": private}.get(told.playbook.debtor, f"{firm} ({private} s’il est un consommateur)")
    return f"Elle n’accorde aucun délai : si son texte nomme un jour où payer au plus tard, il le place {days} après l’envoi, reporté s’il est fermé, et rien n’attend ce jour."


@of_key("step.repeat", "step.repeat.every", "step.repeat.times")
def _repeat(step: Step, told: ToldPlaybook) -> str | None:
    del told
    if step.repeat is None:
        return None
    times = "autant de fois qu’il le faut" if step.repeat.times is None else f"{step.repeat.times} fois en tout"
    return f"Elle est renouvelée {every_said(step.repeat.every)}, {times}, jusqu’à ce que vienne une étape suivante."


@of_key("step.expires")
def _expires(step: Step, told: ToldPlaybook) -> str | None:
    del told
    if step.expires is not None:
        return f"Passé {duration_said(step.expires)} après sa date, elle n’a plus lieu."
    return "Elle n’a plus lieu une fois l’échéance venue." if _before_due(step) else None


def _before_due(step: Step) -> bool:
    return step.at.anchor == "due" and step.at.offset is not None and step.at.offset.number < 0


@of_key("step.when_closed")
def _when_closed(step: Step, told: ToldPlaybook) -> str | None:
    del told
    return f"Pour elle, une date qui tombe un jour fermé {CLOSED[step.when_closed]}." if step.when_closed else None


@of_key("step.weekdays")
def _weekdays(step: Step, told: ToldPlaybook) -> str | None:
    del told
    return f"Elle ne part que {weekdays(step.weekdays)}." if step.weekdays else None


@of_key("step.pauses")
def _pauses(step: Step, told: ToldPlaybook) -> str | None:
    del told
    return f"Elle ne part pas {listing(map(pause_said, step.pauses))}, chaque année." if step.pauses else None


@of_key("step.approval", "step.approval.by", "step.approval.above")
def _approval(step: Step, told: ToldPlaybook) -> str | None:
    del told
    if step.approvers.by > 1:
        people, above = step.approvers
        if above is None:
            return f"Elle reste un projet tant que {people} personnes différentes ne l’ont pas approuvée, et rien ne la dépasse."
        return f"Elle reste un projet tant qu’une personne ne l’a pas approuvée ; il en faut {people} différentes si elle réclame en tout plus de {french_amount(above)} (ou de ce montant dans la devise du dossier). Rien ne la dépasse."
    if step.approval:
        return "Elle reste un projet tant qu’une personne ne l’a pas approuvée, et rien ne la dépasse."
    return "Elle est faite par une personne, qui en consigne l’issue." if MANUAL_CHANNELS.intersection(step.channels) else "Elle part sans autre approbation."


@of_key("step.to")
def _to(step: Step, told: ToldPlaybook) -> str | None:
    del told
    return f"Elle s’adresse {_TO[step.to]}." if step.to else None


@of_key("step.to_role", "step.cc")
def _addressees(step: Step, told: ToldPlaybook) -> str | None:
    del told
    said = [f"Le courriel ou la lettre est adressé {_ROLES[step.to_role]} du débiteur ; un particulier le reçoit lui-même."] if step.to_role else []
    if step.cc:
        said.append(f"Le courriel part en copie {listing([_ROLES[each] for each in step.cc])} ; une copie n’est pas un contact de plus.")
    return " ".join(said) or None


@of_key("step.newcomers")
def _newcomers(step: Step, told: ToldPlaybook) -> str | None:
    del told
    return "Elle réclame aussi les factures arrivées depuis au compte, qu’aucun message n’a encore nommées." if step.newcomers else None


@of_key("step.formerly")
def _formerly(step: Step, told: ToldPlaybook) -> str | None:
    del told
    return f"Elle s’appelait auparavant {listing(map(quoted, step.formerly))} ; ce qui a été fait sous ce nom compte." if step.formerly else None


@of_key("step.cost")
def _cost(step: Step, told: ToldPlaybook) -> str | None:
    del told
    costs = [f"{french_amount(amount)} ({CHANNELS[channel]})" for channel, amount in step.cost]
    return f"Elle coûte au créancier {listing(costs)}, dans la devise du dossier ; rien n’en est réclamé au débiteur." if costs else None
