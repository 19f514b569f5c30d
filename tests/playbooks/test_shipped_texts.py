"""Every text of every shipped playbook, step, channel, tone and language: as snapshots, against the law, and as French is set."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import pytest

from relance.language import load_playbook
from relance.law import mentions
from relance.law.wording import check
from relance.letters.context import Writing, build
from relance.letters.letterhead import Letterhead
from relance.letters.wording import FILES, Templates
from relance.model import TEXT_CHANNELS, TONES, Action, Address, Channel, Creditor, Facts, Playbook, Step, StepKind, Tone
from relance.simulation.playbook_tests import read_tests
from relance.simulation.timeline import preview

PLAYBOOKS = Path(__file__).resolve().parents[2] / "playbooks"

CREDITOR = Creditor(
    id="atelier",
    name="Atelier du Rhône",
    siren="552100554",
    address=Address(("3 quai du Rhône", "69002 Lyon")),
    email="compta@atelier-rhone.example",
    phone="04 65 71 00 12",
    iban="FR7630006000011234567890189",
    bic="AGRIFRPP",
    mandate=date(2026, 1, 5),
    terms={"legal_form": "SARL", "capital": "10 000 €", "rcs": "RCS Lyon 552 100 554", "signatory": "Claire Martin", "role": "comptable"},
)
AGENCY = Letterhead(
    sender={
        "name": "Recouvrement du Rhône",
        "legal_form": "SAS",
        "capital": "50 000 €",
        "siren": "732829320",
        "rcs": "RCS Lyon 732 829 320",
        "address": ["8 cours Lafayette", "69003 Lyon"],
        "email": "dossiers@rdr.example",
        "phone": "04 65 71 00 45",
        "signatory": "Paul Morel",
        "role": "chargé de recouvrement",
    },
    payment={"iban": "FR7630006000011234567890189", "bic": "AGRIFRPP", "beneficiary": "Recouvrement du Rhône, fonds de tiers"},
)
#: What whoever signs calls himself in English: it is the user's own word, in the language he gives it in.
ENGLISH = {"comptable": "accountant", "chargé de recouvrement": "collection officer"}
OWN = Letterhead(partner={"name": "Roux et associés", "place": "Lyon"})


@dataclass(frozen=True)
class Sent:
    """One message a shipped playbook sends: the action, what was known, and the tones its wording is written for."""

    playbook: Playbook
    step: Step
    action: Action
    facts: Facts

    @property
    def channel(self) -> Channel:
        return self.action.channel

    def writing(self, tone: Tone | None = None, language: str | None = None) -> Writing:
        agency = self.playbook.collector == "agency"
        return Writing(letterhead=AGENCY if agency else OWN, agency=agency, tone=tone, language=language)


def playbook(name: str) -> Playbook:
    """Return a shipped playbook."""
    found, findings = load_playbook(PLAYBOOKS / f"{name}.yaml")
    assert found is not None, findings
    return found


def text_channels(step: Step) -> tuple[Channel, ...]:
    """Name the channels on which a step may send a text, those that stand in for another included."""
    return tuple(dict.fromkeys(c for c in (*step.channels, *(into for _, into in step.fallback)) if c in FILES))


@lru_cache(maxsize=32)
def everything_sent(name: str) -> tuple[Sent, ...]:
    """Play the playbook's own tests until each step was seen on each channel it may use."""
    ours = playbook(name)
    wanted = {(step.id, channel) for step in ours.steps for channel in text_channels(step)}
    steps = {step.id: step for step in ours.steps}
    found: dict[tuple[str, Channel], Sent] = {}
    file, findings = read_tests(PLAYBOOKS / f"{name}.test.yaml")
    assert file is not None, findings
    for test in file.tests:
        if wanted <= found.keys():
            break
        debtor = test.facts.debtor
        debtor = replace(debtor, siren=None if debtor.kind == "consumer" else "443061841")
        mandate = test.facts.creditor.mandate if ours.collector == "agency" else CREDITOR.mandate
        facts = replace(test.facts, creditor=replace(CREDITOR, mandate=mandate), debtor=debtor)
        played = preview(ours, facts, test.start, test.until)
        for entry in played.entries:
            for action in entry.actions:
                if (action.step, action.channel) in wanted and action.missing is None:
                    found.setdefault((action.step, action.channel), Sent(ours, steps[action.step], action, played.facts))
    assert wanted <= found.keys(), f"never sent: {sorted(wanted - found.keys())}"
    order = [step.id for step in ours.steps]
    return tuple(sorted(found.values(), key=lambda sent: (order.index(sent.step.id), text_channels(sent.step).index(sent.channel))))


def tones_of(tones: tuple[Tone, ...], own: Tone) -> Iterator[Tone]:
    """Return the tones to read a wording at, the step's own first."""
    assert own in tones, f"the wording is not written for {own}"
    yield own
    yield from (tone for tone in TONES if tone in tones and tone is not own)


TEMPLATES = Templates()
LANGUAGES = ("fr", "en")
FRENCH = Path(__file__).resolve().parents[2] / "templates" / "fr"
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)


def own_tone(sent: Sent) -> Tone:
    return sent.step.tone or Tone.NEUTRAL


def read(sent: Sent, tone: Tone, language: str) -> tuple[str, str]:
    """Return subject and text of a message in a tone and language."""
    context = build([sent.action], sent.facts, sent.writing(tone, language))
    context = replace(context, sender=replace(context.sender, role=ENGLISH[context.sender.role])) if language == "en" else context
    text = TEMPLATES.find(sent.step.template or sent.step.id, sent.channel, language).render(context)
    return text.subject, text.plain()


def readings(sent: Sent, language: str):
    """Read a message at every tone its wording is written for, its own first."""
    wording = TEMPLATES.find(sent.step.template or sent.step.id, sent.channel, language)
    for tone in tones_of(wording.tones, own_tone(sent)) if sent.channel in TEXT_CHANNELS else (own_tone(sent),):
        yield tone, *read(sent, tone, language)


#: A day written otherwise than as `1 March 2026`: in figures, the month first, shortened, as an ordinal.
OTHER_DAY = re.compile(
    r"\b\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b|\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}(?:st|nd|rd|th)\b"
    r"|\b(?:January|February|March|April|May|June|July|August|September|October|November|December) \d{1,2}\b(?! ?\d)"
    r"|\b\d{1,2} (?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b"
)


@pytest.mark.parametrize("day", ["03/01/2026", "3.1.2026", "2026-03-01", "1st March", "March 1, 2026", "1 Mar 2026"])
def test_what_is_another_way_to_write_a_day(day):
    assert OTHER_DAY.search(f"due on {day}.")
    assert not OTHER_DAY.search("invoice F-2026-014 of 1 March 2026, May 2026, 2.5% a year")


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts(shipped_id, language, snapshot):
    snapshot.snapshot_dir = Path(__file__).parent / "snapshots" / shipped_id / language
    for step, messages in groupby(everything_sent(shipped_id), key=lambda sent: sent.step.id):
        page = []
        for sent in messages:
            for tone, subject, text in readings(sent, language):
                mark = f", {tone}{' (the playbook’s own)' if tone is own_tone(sent) else ''}" if sent.channel in TEXT_CHANNELS else ""
                assert language != "en" or not OTHER_DAY.search(text), "an English text writes each day as 1 March 2026, in its tables too"
                page.append(f"{'=' * 20} {sent.channel}{mark}\n\n" + (f"[{subject}]\n\n" if subject else "") + text)
        snapshot.assert_match("\n".join(page), f"{step}.txt")


def law_context(sent: Sent, tone: Tone, language: str) -> mentions.Circumstances:
    """Say what is known of a message, as the checks of law ask for it."""
    action, facts = sent.action, sent.facts
    context = build([action], facts, sent.writing(tone, language))
    letters = [
        e for e in facts.events if e.kind == "action.emitted" and e.data["channel"] in ("letter", "registered_letter") and e.on < action.on
    ]
    first = min(letters, key=lambda event: event.on, default=None)
    notices = [e for e in facts.events if e.kind == "action.emitted" and e.data.get("kind") == "formal_notice" and e.on < action.on]
    sender = sent.writing().letterhead.sender
    return mentions.Circumstances(
        channel=sent.channel,
        language=language,
        tone=tone,
        kind=action.kind,
        collector=sent.playbook.collector,
        debtor=facts.debtor.kind,
        first_letter=context.agency and first is None,
        letter_reference=context.first_letter.reference if context.first_letter else None,
        letter_date=first.on if first else None,
        on=action.on,
        deadline=action.deadline,
        notice_on=notices[-1].on if notices else None,
        claimed=action.claimed,
        invoices=action.invoices,
        creditor_name=facts.creditor.name,
        creditor_address=facts.creditor.address.lines,
        collector_name=sender.get("name"),
        collector_address=tuple(sender.get("address", ())),
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_law_has_nothing_to_say(shipped_id, language):
    for sent in everything_sent(shipped_id):
        for tone, subject, text in readings(sent, language) if sent.channel in TEXT_CHANNELS else ():
            found = check(f"{subject}\n\n{text}", law_context(sent, tone, language))
            where = f"{sent.step.id} by {sent.channel}, {tone}"
            assert [f"{where}: {each.code} {each.message}" for each in found] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_text_reads_differently_in_each_tone(shipped_id, language):
    for sent in everything_sent(shipped_id):
        if sent.channel in (Channel.CALL, Channel.TASK, Channel.HANDOVER):
            continue  # one script, of which the opening alone changes
        bodies = {tone: text for tone, _, text in readings(sent, language)}
        if len(bodies) < 2:
            continue
        paragraphs = {tone: set(text.split("\n\n")) for tone, text in bodies.items()}
        assert len({tuple(text) for text in bodies.values()}) == len(bodies)
        for tone in TONES[:-1]:
            after = TONES[TONES.index(tone) + 1]
            apart = paragraphs[tone] ^ paragraphs[after]
            least = 2 if sent.channel is Channel.SMS else 4  # a greeting, a body and a closing of its own each, at least
            assert len(apart) >= least, f"{sent.step.id} by {sent.channel}: {tone} and {after} are too alike"


def test_a_text_message_shows_no_sum_and_no_debt():
    seen = [sent for name in ("agence-amiable",) for sent in everything_sent(name) if sent.channel is Channel.SMS]
    assert seen
    for sent in seen:
        for language in LANGUAGES:
            for _, _, text in readings(sent, language):
                assert not re.search(r"€|\bEUR\b|\d,\d\d|dette|impay|facture|créance|debt|unpaid|overdue|invoice", text, re.IGNORECASE)
                assert len(text.strip()) <= 160


def test_the_ones_nobody_ships_are_written_in_all_tones_too():
    wording = TEMPLATES.find("relance-1", Channel.SMS, "fr")
    assert wording.tones == TONES


def test_an_agency_recalls_its_first_letter_in_every_later_contact():
    for sent in everything_sent("agence-amiable"):
        letters = [e for e in sent.facts.events if e.kind == "action.emitted" and e.data["channel"] == "letter"]
        reference = letters[0].data["reference"]
        text = read(sent, own_tone(sent), "fr")[1]
        if sent.step.id == "premiere-lettre":
            assert "activité de recouvrement amiable" in " ".join(text.split())
        else:
            assert reference in text, sent.step.id


def test_a_formal_notice_gives_a_calendar_day_and_reserves_what_follows():
    for name in ("negligent", "mauvaise-foi", "en-difficulte", "systematique", "injonction-de-payer", "agence-amiable", "consommateur"):
        for sent in everything_sent(name):
            if sent.action.kind is StepKind.FORMAL_NOTICE:
                text = " ".join(read(sent, Tone.FORMAL, "fr")[1].split())
                assert "mise en demeure" in text
                assert "réserv" in text
                assert "faculté de saisir la juridiction compétente" in text
                assert re.search(r"au plus tard le \d{1,2}(er)? \w+ \d{4}", text)


def french_sources():
    return sorted(path for path in FRENCH.rglob("*.md.j2") if not path.name.startswith("sms"))


@pytest.mark.parametrize("path", french_sources(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_french_is_set_as_french(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = JINJA.sub("\x00", line)
        where = f"{path}:{number}"
        assert not re.search(r" [;?!]", text), f"{where}: a narrow no-break space goes before ; ? !"
        assert not re.search(r" :(?!-)", text), f"{where}: a no-break space goes before :"
        assert not re.search(r"« | »", text), f"{where}: no-break spaces go inside « »"
        assert "'" not in text, f"{where}: the apostrophe is ’"
        assert "..." not in text, f"{where}: the ellipsis is …"


def test_no_company_name_follows_a_word_that_would_be_elided():
    for path in FRENCH.rglob("*.md.j2"):
        found = re.search(r"\b(de|que|le|la|jusque) \{\{ (sender|creditor|debtor)\.name", path.read_text(encoding="utf-8"))
        assert not found, f"{path}: « {found[0]} » breaks before a vowel"
