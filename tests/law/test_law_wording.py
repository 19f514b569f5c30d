"""Words that may not be written, and mentions that must be: every rule's own examples, and what must stay silent."""

from datetime import date
from decimal import Decimal

import pytest

from relance.law.rules import rules
from relance.law.texts import L111_8
from relance.law.wording import Circumstances, check
from relance.model import Channel, Claimed, Severity, StepKind

EXAMPLES = [rule for rule in rules().values() if rule.wording is not None]


def context_of(pairs):
    """Turn an example's context, all strings, into a Circumstances."""
    raw = dict(pairs)
    parts = {name: Decimal(raw.pop(name)) for name in ("principal", "late_interest", "legal_interest", "fixed_indemnity") if name in raw}
    typed = {
        "channel": Channel,
        "kind": StepKind,
        "on": date.fromisoformat,
        "deadline": date.fromisoformat,
        "letter_date": date.fromisoformat,
        "first_letter": lambda word: word == "true",
    }
    known = {name: typed.get(name, str)(value) for name, value in raw.items()}
    if parts:
        known["claimed"] = Claimed("EUR", total=sum(parts.values()), **{"principal": Decimal(0), **parts})
    return Circumstances(**known)


def codes(text, **known):
    return [finding.code for finding in check(text, Circumstances(**known))]


@pytest.mark.parametrize("rule", EXAMPLES, ids=lambda rule: rule.code)
def test_the_bad_example_of_a_rule_is_found(rule):
    assert rule.code in [finding.code for finding in check(rule.wording.bad, context_of(rule.wording.context))]


@pytest.mark.parametrize("rule", [rule for rule in EXAMPLES if rule.wording.good is not None], ids=lambda rule: rule.code)
def test_the_good_example_of_a_rule_is_not(rule):
    assert rule.code not in [finding.code for finding in check(rule.wording.good, context_of(rule.wording.context))]


def test_every_rule_of_wording_has_an_example():
    assert all((rule.wording is not None) == ("wording" in rule.looks_at) for rule in rules().values())
    assert all((rule.playbook is not None) == ("playbook" in rule.looks_at) for rule in rules().values())


@pytest.mark.parametrize(
    "text",
    [
        "Nous nous réservons de saisir la juridiction compétente.",
        "Le dossier pourra être confié à un commissaire de justice.",
        "Merci de vérifier la saisie de votre référence ; une erreur de saisie est possible.",
        "Cela ne signifie pas que la somme n'est plus due.",
        "Une indemnité forfaitaire de 40 € pour frais de recouvrement est due (article D. 441-5 du code de commerce).",
        "Lorsque les frais de recouvrement exposés dépassent cette indemnité, un complément peut être demandé sur justification.",
        "Aucun frais de dossier ne vous est facturé.",
        "La mise en demeure n'interrompt pas la prescription.",
        "Vous pouvez contacter votre banque pour programmer le virement.",
        "Un échéancier est possible : contactez le service recouvrement.",
        "Atelier du Rhône SARL\n12 RUE DU GENERAL DE GAULLE\n69001 LYON",
        "MISE EN DEMEURE DE PAYER\n\nMadame, Monsieur,",
        "Code des procédures civiles d'exécution, article L. 125-1.",
        "Capital social : 10 000 €",
        "Le procès-verbal de réception des travaux est joint.",
        "Déclarée au procureur de la République près le tribunal judiciaire de Lyon.",
        "Atelier du Rhône SARL, 12 place de la République française, 69002 Lyon",
        "This delay warrants your attention.",
        "Le relevé est affiché sur votre espace client.",
        "Merci de nous répondre sans attendre.",
        *L111_8,
    ],
)
def test_lawful_wording_is_silent(text):
    assert codes(text, debtor="business") == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("COMMANDEMENT\u00a0DE\u202fPAYER", "PB330"),
        ("Ceci est un comman\u00addement", "PB330"),
        ("un proces verbal", "PB330"),
        ("des procès‑verbaux", "PB330"),
        ("**som**mation", "PB330"),
        ("avant\n  saisie", "PB330"),
        ("en vertu d'un titre exécutoire", "PB330"),
        ("This is a court\norder", "PB330"),
        ("Maître Dupont, commissaire de justice", "PB331"),
        ("# Tribunal de commerce de Paris", "PB331"),
        ("Notre service judiciaire", "PB331"),
        ("Sans règlement, des frais de relance vous seront facturés.", "PB332"),
        ("Outre l'indemnité forfaitaire, des frais de dossier de 25 € sont dus.", "PB332"),
        ("des frais supplémentaires à votre charge", "PB332"),
        ("RÉPUBLIQUE FRANÇAISE\n\nBonjour", "PB331"),
        ("Payez de toute urgence.", "PB344"),
        ("vos voisins seront informés", "PB333"),
        ("Vos parents seront prévenus", "PB333"),
        ("Nous publierons votre nom sur internet", "PB333"),
        ("Un avis sera affiché sur votre porte", "PB333"),
        ("Vous serez inscrit sur une liste noire", "PB334"),
        ("nous obtiendrons une injonction de payer contre vous", "PB347"),
        ("Vous serez condamnée à payer", "PB347"),
        ("Des dommages-intérêts de 200 € vous sont réclamés", "PB346"),
        ("fichage à la Banque de France", "PB334"),
        ("nous déposerons plainte", "PB335"),
        ("Cette mise en demeure interrompt la prescription", "PB337"),
        ("ULTIME RAPPEL", "PB338"),
        ("sans autre avis de notre part", "PB338"),
        ("l'article L.441-6", "PB340"),
        ("les tribunaux de grande instance", "PB341"),
        ("R124-4 CPCE", "PB342"),
        ("0 899 12 34 56", "PB345"),
    ],
)
def test_words_are_found_however_they_are_written(text, code):
    assert code in codes(text, language="en" if text.startswith("This") else "fr")


def test_a_finding_points_at_the_words_as_written():
    text = "Bonjour,\n\nvoici un\u00a0procès‑\u200bverbal."
    (finding,) = check(text, Circumstances())
    assert text[finding.start : finding.end] == "procès‑\u200bverbal"
    assert finding.severity is Severity.ERROR
    assert finding.offence
    assert "433-13" in finding.law


def test_what_is_not_written_to_the_debtor_is_not_looked_at():
    assert codes("Assignation en référé, signification, commandement de payer.", channel=Channel.TASK) == []


def test_overlapping_words_are_one_finding():
    assert codes("Dernier avis avant saisie imminente.") == ["PB338", "PB330"]


@pytest.mark.parametrize(
    "text",
    [
        "une indemnité de 40 €",
        "l'indemnité forfaitaire",
        "une indemnité de recouvrement",
        "article D.441-5",
        "indemnité pour frais de recouvrement",
    ],
)
def test_no_indemnity_is_named_to_a_consumer(text):
    assert set(codes(text, debtor="consumer")) & {"PB301", "PB332"}
    assert codes(text, debtor="business") == []


def test_a_consumer_owes_no_interest_before_the_notice_and_some_after():
    text = "Des intérêts au taux légal sont dus."
    assert codes(text, debtor="consumer") == ["PB303"]
    assert codes(text, debtor="consumer", notice_on=date(2026, 3, 1)) == []
    assert codes(text, debtor="business") == []


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("L'intérêt au taux légal est de 2,75 %.", False),
        ("Le taux de l'intérêt légal est actuellement de 2,75 % l'an au second semestre 2026. Merci de payer 120,00 €.", False),
        ("L'intérêt au taux légal est de 2,75 % et court depuis l'échéance.", True),
        ("L'intérêt au taux légal est de 12,75 €.", True),
        ("L'intérêt légal de 2,75 % est dû.", True),
        ("Vous devez les intérêts : l'intérêt au taux légal est de 2,75 %.", True),
    ],
)
def test_to_say_what_the_legal_rate_is_asks_no_interest(text, asks):
    assert codes(text, debtor="consumer") == (["PB303"] if asks else [])


LETTER = """Agence Exemple, recouvrement amiable de créances
4 quai de la Gare, 75013 Paris

agissant pour Atelier du Rhône SARL, 3 rue du Port, 69002 Lyon

Facture F-2026-014 du 31 janvier 2026 : principal 1\u202f200,00\u00a0€, intérêts de retard 8,30 €, indemnité forfaitaire 40,00 €,
soit 1 248,30 €. Veuillez payer par virement au compte FR76 3000 4000 0312 3456 7890 143 au plus tard le 25 mars 2026.

""" + "\n".join(L111_8)

KNOWN = {
    "collector": "agency",
    "debtor": "business",
    "collector_name": "Agence Exemple",
    "collector_address": ("4 quai de la Gare", "75013 Paris"),
    "creditor_name": "Atelier du Rhône SARL",
    "creditor_address": ("3 rue du Port", "69002 Lyon"),
    "invoices": ("F-2026-014",),
    "on": date(2026, 3, 3),
    "deadline": date(2026, 3, 25),
    "claimed": Claimed(
        "EUR", Decimal("1200.00"), late_interest=Decimal("8.30"), fixed_indemnity=Decimal("40.00"), total=Decimal("1248.30")
    ),
}


def test_an_agency_s_letter_with_its_five_mentions_is_silent():
    assert check(LETTER, Circumstances(first_letter=True, **KNOWN)) == ()


@pytest.mark.parametrize(
    ("cut", "code", "mention"),
    [
        ("recouvrement amiable de créances", "PB350", "1°"),
        ("Agence Exemple", "PB350", "1°"),
        ("75013 Paris", "PB350", "1°"),
        ("Atelier du Rhône SARL", "PB350", "2°"),
        ("69002 Lyon", "PB350", "2°"),
        ("F-2026-014", "PB350", "3°"),
        ("8,30 €, indemnité", "PB350", "3°"),
        ("par virement au compte FR76 3000 4000 0312 3456 7890 143", "PB350", "4°"),
        ("réputée non écrite", "PB351", "5°"),
    ],
)
def test_each_mention_left_out_is_an_offence(cut, code, mention):
    (finding,) = check(LETTER.replace(cut, "…"), Circumstances(first_letter=True, **KNOWN))
    assert (finding.code, finding.offence) == (code, True)
    assert mention in finding.message


def test_l111_8_may_be_broken_into_lines_and_quoted():
    text = LETTER.replace("prescrit par la loi", "prescrit\n   par\u00a0la loi").replace("s'ils", "s’ils")
    assert check(text, Circumstances(first_letter=True, **KNOWN)) == ()


def test_l111_8_may_stand_in_a_quotation_of_markdown():
    quoted = "\n>\n".join("> " + paragraph.replace("créancier, sauf", "créancier,\n> sauf") for paragraph in L111_8)
    text = LETTER.replace("\n".join(L111_8), quoted)
    assert ">" in text
    assert check(text, Circumstances(first_letter=True, **KNOWN)) == ()


def test_a_text_beside_the_registered_letter_need_not_say_how_to_pay():
    text = NOTICE.replace("virement", "retour").replace("contester", "en parler")
    assert notice(text, channel=Channel.EMAIL, beside_letter=True) == []
    assert notice(text, channel=Channel.EMAIL) == ["PB356", "PB357"]


def test_a_later_contact_recalls_the_letter():
    known = {"collector": "agency", "letter_reference": "L-2026-77", "letter_date": date(2026, 3, 3)}
    assert codes("Notre lettre L-2026-77 du 03/03/2026.", **known) == []
    assert codes("Notre lettre L-2026-77.", **known) == ["PB352"]
    assert codes("Bonjour.", collector="agency") == ["PB352"]
    assert codes("Bonjour.", collector="creditor") == []


NOTICE = """MISE EN DEMEURE
Nous vous mettons en demeure de payer 1 240,00 € (principal 1 200,00 €, indemnité forfaitaire 40,00 €) au plus tard le 1er avril 2026,
par virement. Pour contester, écrivez à compta@atelier.example."""
OWED = Claimed("EUR", Decimal("1200.00"), fixed_indemnity=Decimal(40), total=Decimal("1240.00"))


def notice(text, deadline=date(2026, 4, 1), **known):
    return codes(text, kind=StepKind.FORMAL_NOTICE, on=date(2026, 3, 3), deadline=deadline, claimed=OWED, debtor="business", **known)


def test_a_formal_notice_with_everything_is_silent():
    assert notice(NOTICE) == []


def test_an_english_formal_notice_is_read():
    text = (
        "Formal notice. We ask you to pay EUR 1,240.00 (principal 1,200.00, fixed indemnity 40.00) by 1 April 2026 by bank transfer. "
        "If you dispute this claim, write to us."
    )
    assert notice(text, language="en") == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("1er avril 2026", "plus vite", "PB354"),
        ("1 200,00", "", "PB355"),
        ("virement", "retour", "PB356"),
        ("contester", "en parler", "PB357"),
    ],
)
def test_a_formal_notice_that_lacks_something(old, new, code):
    assert notice(NOTICE.replace(old, new)) == [code]


def test_a_formal_notice_must_say_so():
    assert notice(NOTICE.replace("MISE EN DEMEURE", "RAPPEL").replace("mettons en demeure", "demandons")) == ["PB353"]


def test_short_past_and_missing_deadlines():
    assert notice(NOTICE.replace("1er avril", "6 mars"), deadline=date(2026, 3, 6)) == ["PB304"]
    assert notice(NOTICE.replace("1er avril", "3 mars"), deadline=date(2026, 3, 3)) == ["PB358"]


@pytest.mark.parametrize("text", ["Reste 12,00 €.", "12 euros", "€12.00 please", "facture impayée", "votre dette", "EUR 12.00 overdue"])
def test_a_text_message_shows_neither_amount_nor_motive(text):
    assert set(codes(text, channel=Channel.SMS)) == {"PB359"}


def test_an_ordinary_text_message_is_silent():
    assert codes("Bonjour, merci de rappeler Atelier du Rhône au 04 72 00 00 00, réf. F-2026-014.", channel=Channel.SMS) == []
