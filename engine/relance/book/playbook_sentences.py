"""The sentences about a whole playbook, key by key; see `sayings`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from relance.book.condition_sentences import condition_said, profile_said
from relance.book.french_dates import duration_said, listing, pause_said, quoted, that, weekdays
from relance.book.sayings import ToldPlaybook, of_key
from relance.model import Charge, Combine, ContactCap, EntryPoint, OnResume, OwnFieldKind, Pace, Price, Unit, WhenClosed
from relance.report.french import CHANNELS, french_amount, percent

_FIELD_KINDS = {OwnFieldKind.TEXT: "un texte", OwnFieldKind.NUMBER: "un nombre", OwnFieldKind.DATE: "une date", OwnFieldKind.FLAG: "oui ou non"}
_PLACES = {"FR": "de France", "FR-57": "de Moselle", "FR-67": "du Bas-Rhin", "FR-68": "du Haut-Rhin", "FR-6AE": "d’Alsace"}
_LANGUAGES = {"fr": "français", "en": "anglais"}
_DEBTORS = {"business": "un professionnel", "consumer": "un particulier", "any": "un professionnel ou un particulier", "public": "une personne publique"}
CLOSED: Mapping[WhenClosed, str] = MappingProxyType(
    {
        WhenClosed.NEXT: "passe au jour ouvré suivant",
        WhenClosed.PREVIOUS: "avance au jour ouvré précédent",
        WhenClosed.KEEP: "reste où elle tombe",
    }
)
CHARGES: Mapping[Charge, str] = MappingProxyType(
    {
        Charge.LATE_INTEREST: "les pénalités de retard (C. com., art. L. 441-10)",
        Charge.LEGAL_INTEREST: "les intérêts au taux légal depuis la mise en demeure (C. civ., art. 1231-6)",
        Charge.FIXED_INDEMNITY: "l’indemnité forfaitaire de recouvrement (C. com., art. L. 441-10 et D. 441-5)",
        Charge.CONTRACTUAL_PENALTY: "la clause pénale du contrat (C. civ., art. 1231-5)",
        Charge.COMPLEMENTARY_INDEMNITY: "les frais de recouvrement justifiés au-delà de l’indemnité forfaitaire (C. com., art. L. 441-10, II)",
    }
)


@of_key("playbook", "title", "version", "schema")
def _named(told: ToldPlaybook) -> str:
    own = told.playbook
    return f"Ce scénario s’intitule {quoted(own.title or own.id)}. Il porte l’identifiant {quoted(own.id)}, en version {own.version}, et il est écrit dans la version {told.origin.schema} du langage."


@of_key("description")
def _described(told: ToldPlaybook) -> str | None:
    return " ".join(told.playbook.description.split()) or None


@of_key("extends", "drop")
def _built_on(told: ToldPlaybook) -> str | None:
    if not told.origin.extends:
        return None
    left = f" Il en retire {listing(map(quoted, told.origin.drop))}." if told.origin.drop else ""
    return f"Il reprend le scénario {quoted(told.origin.extends)} ; ce qui suit décrit l’ensemble, reprises comprises.{left}"


@of_key("debtor", "profiles")
def _for_whom(told: ToldPlaybook) -> str:
    profiles = f", de profil {listing(map(profile_said, told.playbook.profiles), 'ou')}" if told.playbook.profiles else ""
    return f"Il est fait pour {_DEBTORS[told.playbook.debtor]}{profiles}."


@of_key("collector")
def _by_whom(told: ToldPlaybook) -> str:
    if told.playbook.collector == "agency":
        return "Une société de recouvrement écrit, au nom et pour le compte du créancier (CPCE, art. R. 124-1 et suivants)."
    return "Le créancier écrit en son propre nom."


@of_key("language")
def _language(told: ToldPlaybook) -> str:
    name = _LANGUAGES.get(told.playbook.language, told.playbook.language)
    return f"Les textes sont en {name}, sauf pour un débiteur dont une autre langue est connue et pour laquelle un texte existe."


@of_key("unit", "keeps_place")
def _unit(told: ToldPlaybook) -> str:
    if told.playbook.unit is Unit.INVOICE:
        return "Chaque facture suit le scénario pour elle-même."
    place = (
        "Quand la plus ancienne facture est payée, le compte garde sa place dans le scénario tant qu’une facture réclamée avec elle reste ouverte."
        if told.playbook.keeps_place
        else "Quand la plus ancienne facture est payée, le compte reprend à la place de la suivante."
    )
    return f"Toutes les factures ouvertes d’un débiteur chez un créancier, dans une devise, suivent le scénario ensemble, d’après l’échéance de la plus ancienne. {place}"


@of_key("combine")
def _combined(told: ToldPlaybook) -> str:
    return {
        Combine.NONE: "Chaque action donne un message séparé.",
        Combine.STEP: "Les actions d’une même étape, pour un même débiteur, un même jour et par une même voie, partent en un seul message.",
        Combine.DEBTOR: "Tout ce qui part un même jour à un même débiteur par une même voie tient en un seul message, écrit pour l’étape la plus avancée.",
    }[told.playbook.combine]


@of_key("calendar", "calendar.holidays", "calendar.weekend", "calendar.when_closed")
def _calendar(told: ToldPlaybook) -> str:
    own = told.playbook.calendar
    weekend = f"{weekdays(own.weekend)}, " if own.weekend else ""
    place = _PLACES.get(own.holidays, f"de {own.holidays}")
    return (
        f"Sont fermés {weekend}les jours fériés {place} et ceux du lieu du débiteur quand son code postal le dit. "
        f"La date d’une étape qui tombe un jour fermé {CLOSED[own.when_closed]} ; une échéance, elle, ne se déplace jamais."
    )


@of_key("calendar.pauses", "pauses.from", "pauses.to")
def _pauses(told: ToldPlaybook) -> str | None:
    if not told.playbook.calendar.pauses:
        return None
    return f"Rien ne part {listing(map(pause_said, told.playbook.calendar.pauses))}, chaque année ; les délais accordés continuent de courir."


@of_key("contact", "contact.min_gap", "contact.at_most", "contact_cap.contacts", "contact_cap.within", "contact_cap.channels")
def _contacts(told: ToldPlaybook) -> str:
    own = told.playbook.contact
    gap = f"Deux contacts avec un débiteur sont séparés d’au moins {duration_said(own.min_gap)}. " if own.min_gap else ""
    most = "".join(_cap_said(cap) for cap in own.at_most)
    return f"{gap}{most}".strip() or "Le scénario ne limite pas le nombre des contacts."


@of_key("contact.replies")
def _replies(told: ToldPlaybook) -> str | None:
    if not told.playbook.contact.replies_hold:
        return None
    return "Une réponse du débiteur par courriel suspend ce dont elle parle, jusqu’à ce qu’une personne l’ait lue et le dise."


def _cap_said(cap: ContactCap) -> str:
    by = f" par {listing([CHANNELS[channel] for channel in sorted(cap.channels)], 'ou')}" if cap.channels else ""
    often = "d’une fois" if cap.contacts == 1 else f"de {cap.contacts} fois"
    return f"Il n’est pas contacté{by} plus {often} en {duration_said(cap.within)}. "


@of_key("contact.hours")
def _hours(told: ToldPlaybook) -> str | None:
    by_channel: dict[str, list[str]] = {}
    for channel, window in told.playbook.contact.hours:
        start, _, end = window.partition("-")
        by_channel.setdefault(CHANNELS[channel], []).append(f"de {start} à {end}")
    if not by_channel:
        return None
    return f"Heures, à l’heure du débiteur : {' ; '.join(f'{channel}, {listing(windows)}' for channel, windows in by_channel.items())}."


@of_key("late", "late.entry", "late.pace")
def _late(told: ToldPlaybook) -> str:
    entry = {
        EntryPoint.FIRST: "Un dossier qui arrive en retard commence à la première étape encore utile",
        EntryPoint.CURRENT: "Un dossier qui arrive en retard commence à l’étape la plus avancée dont la date est venue",
    }[told.playbook.entry]
    pace = {
        Pace.KEEP: "et garde les intervalles du scénario",
        Pace.CATCH_UP: "et rattrape une étape à chaque passage, dans la limite des contacts",
        Pace.JUMP: "et va toujours à l’étape la plus avancée",
        Pace.DROP: "et laisse de côté ce qu’il a manqué",
    }[told.playbook.pace]
    return f"{entry}, {pace}."


@of_key("on_resume")
def _resumed(told: ToldPlaybook) -> str:
    if told.playbook.on_resume is OnResume.RESTART:
        return "À la fin d’une suspension, rien ne part avant le lendemain et les délais courent de nouveau depuis ce jour."
    return "À la fin d’une suspension, le scénario reprend où il en était."


@of_key("withdraw_after")
def _withdrawn(told: ToldPlaybook) -> str | None:
    after = told.playbook.withdraw_after
    return f"Un message préparé qui n’est pas parti au bout de {duration_said(after)} est retiré, puis refait si le dossier le demande encore." if after else None


@of_key("grace")
def _grace(told: ToldPlaybook) -> str:
    return f"Une promesse ou une échéance d’un plan n’est tenue pour manquée qu’après {duration_said(told.playbook.grace)} de tolérance."


@of_key("min_balance")
def _least(told: ToldPlaybook) -> str | None:
    least = told.playbook.min_balance
    return f"Rien n’est réclamé en dessous de {french_amount(least)} (ou de ce montant dans la devise du dossier)." if least is not None else None


@of_key("price", "price.amount", "price.currency", "price.vat", "price.success", "success.percent", "success.up_to", "price.creditors", "price.creditors.amount", "price.creditors.success")
def _price(told: ToldPlaybook) -> str | None:
    own = told.playbook.price
    if own is None:
        return None
    others = "".join(f" ; « {name} », {_billed(each)}" for name, each in own.creditors.items())
    return f"Le créancier paie, hors taxe (TVA {percent(own.vat).rstrip()}), {_billed(own)}{others} ; rien n’en est réclamé au débiteur (CPCE, art. L. 111-8)."


def _billed(price: Price) -> str:
    """Say what is billed: `1,00 € par dossier et 12 % de ce qui est encaissé jusqu’à 1 000,00 €, puis 8 % au-delà`."""
    tiers = [f"{percent(tier.percent).rstrip()}{' de ce qui est encaissé' if not number else ''}{f' jusqu’à {french_amount(tier.up_to, price.currency)}' if tier.up_to is not None else ' au-delà' if number else ''}" for number, tier in enumerate(price.success)]
    parts = [f"{french_amount(price.amount, price.currency)} par dossier"] if price.amount is not None else []
    return " et ".join((*parts, *((", puis ".join(tiers),) if tiers else ()))) or "rien"


@of_key("fields")
def _fields(told: ToldPlaybook) -> str | None:
    if not told.playbook.fields:
        return None
    return f"Le créancier tient des champs à lui sur ses factures : {listing([f'{quoted(name)} ({_FIELD_KINDS[kind]})' for name, kind in told.playbook.fields])}."


@of_key("stop_when")
def _stopped(told: ToldPlaybook) -> str:
    if not told.playbook.stop_when:
        return "Aucun état n’arrête le scénario."
    return f"Tout s’arrête {listing([f'quand {condition_said(each)}' for each in told.playbook.stop_when], 'ou')}."


@of_key("hold_while")
def _held(told: ToldPlaybook) -> str:
    if not told.playbook.hold_while:
        return "Aucun état ne suspend le scénario."
    return f"Tout est suspendu {listing([that('tant', condition_said(each)) for each in told.playbook.hold_while], 'ou')}."


@of_key("waive", "waive.code", "waive.reason")
def _waived(told: ToldPlaybook) -> str | None:
    waived = [f"{each.code} ({each.reason.strip().removesuffix('.')})" for each in told.playbook.waive]
    return f"L’auteur écarte, avec ses raisons, {listing(waived)}." if waived else None


@of_key("steps")
def _steps(told: ToldPlaybook) -> str:
    number = len(told.playbook.steps)
    return f"Il compte {number} étapes, décrites ci-dessous dans l’ordre." if number > 1 else "Il ne compte qu’une étape, décrite ci-dessous."
