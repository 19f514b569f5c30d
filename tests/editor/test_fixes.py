"""Ways out, without a protocol: each is a sentence that is still said, and mends what it is given for."""

import ast
import re

import pytest
from tests.sentences import collect

from relance.editor.answers import changed
from relance.editor.fixes import WAYS, quick_fix
from relance.editor.wordings import wording_findings
from relance.language import load_playbook_text
from relance.language.codes import codes, complete_example
from relance.portfolio.routing import read_routing

EXAMPLES = {code.code: complete_example(code.bad) for code in codes().values() if code.bad and code.reads == "playbook"}


@pytest.fixture(scope="module")
def sentences():
    """Every template that the code says."""
    return {each for found in collect.in_code() for each in ([found] if isinstance(found, str) else found)}


def test_every_way_out_is_a_sentence_that_is_said(sentences):
    assert set(WAYS) - sentences == set()


@pytest.mark.parametrize("code", EXAMPLES)
def test_a_way_out_mends_what_it_is_given_for_and_brings_nothing_new(code):
    text = EXAMPLES[code]
    _, found = load_playbook_text(text, "/essai.yaml")
    for finding in found:
        fix = quick_fix(text, finding)
        if fix is not None:
            after = changed(text, fix.edits)
            _, left = load_playbook_text(after, "/essai.yaml")
            assert (finding.code, finding.message) not in [(each.code, each.message) for each in left], after
            assert "PB002" not in [each.code for each in left], after


HEAD = "schema: 1\nplaybook: essai\nversion: 1\ntitle: Essai\n"
STEP = "steps:\n  - {id: a, at: J+3, channels: [email], tone: firm, template: relance-1%s}\n"
OFFER = STEP.replace("relance-1", "offre-solde")
#: What an author wrote → the finding's code, and the line that comes of its way out.
MENDED = {
    "a value that begins with a sign": (HEAD.replace("Essai", "@Essai # le nom") + STEP % "", "PB002", 'title: "@Essai" # le nom'),
    "a dash without its space": (HEAD + "steps:\n  -id: a\n    at: J+3\n    channels: [email]\n    tone: firm\n    template: relance-1\n", "PB002", "  - id: a"),
    "no-break spaces before a key": (HEAD + "steps:\n  - id: a\n\u00a0\u00a0\u00a0\u00a0at: J+3\n    channels: [email]\n    tone: firm\n    template: relance-1\n", "PB002", "    at: J+3"),
    "in a flow": (HEAD + STEP % ", title: `Rappel`", "PB002", '  - {id: a, at: J+3, channels: [email], tone: firm, template: relance-1, title: "`Rappel`"}'),
    "a brace never closed": (HEAD + STEP.replace("}", " # fin") % "" + "  - {id: b, at: J+9, channels: [email], tone: firm}\n", "PB002", "  - {id: a, at: J+3, channels: [email], tone: firm, template: relance-1} # fin"),
    "a name in braces": (HEAD.replace("Essai", "{{ nom }} et fils") + STEP % "", "PB008", 'title: "{{ nom }} et fils"'),
    "an alias": (HEAD.replace("Essai", "&nom Essai") + "description: *nom\n" + STEP % "", "PB004", "description: Essai"),
    "what is always asked": (HEAD + STEP % ", claim: [principal, late_interest]", "PB104", "  - {id: a, at: J+3, channels: [email], tone: firm, template: relance-1, claim: [late_interest]}"),
    "an order": (HEAD + STEP % ", ordre: 1", "PB101", "  - {id: a, at: J+3, channels: [email], tone: firm, template: relance-1}"),
    "arrears handed over": (HEAD + "steps:\n  - {id: a, at: J+3, kind: handover, to: lawyer, channels: [task], approval: required, asks: arrears}\n", "PB228", "  - {id: a, at: J+3, kind: handover, to: lawyer, channels: [task], approval: required}"),
    "a remark without its sign": (HEAD + "unit: invoice // une par une\n" + STEP % "", "PB104", "unit: invoice"),
    "a first own field": (HEAD + STEP % ", if: {field: {formule: premium}}", "PB230", "fields: {formule: text}"),
    "one more": (HEAD + "fields: {niveau: text}\n" + STEP % ", if: {field: {formule: premium}}", "PB230", "fields: {niveau: text, formule: text}"),
    "one more below": (HEAD + "fields:\n  niveau: text\n" + STEP % ", if: {field: {rang: {at_least: 2}}}", "PB230", "  rang: number"),
    "a notice too short": (HEAD + STEP.replace("relance-1", "mise-en-demeure").replace("firm", "formal") % ", kind: formal_notice, grants: 3 days", "PB304", "  - {id: a, at: J+3, channels: [email], tone: formal, template: mise-en-demeure, kind: formal_notice, grants: 8 days}"),
    "a notice by e-mail": (HEAD + STEP.replace("relance-1", "mise-en-demeure").replace("firm", "formal") % ", kind: formal_notice, grants: 15 days", "PB323", "  - {id: a, at: J+3, channels: [registered_letter, email], tone: formal, template: mise-en-demeure, kind: formal_notice, grants: 15 days}"),
    "a Sunday kept": (HEAD + "calendar: {when_closed: keep}\n" + STEP % "", "PB307", "calendar: {when_closed: next}"),
    "a plan accepted by paying": (HEAD + OFFER % ", grants: 10 days, offer: {instalments: 3, accepted_by: payment}", "PB232", "  - {id: a, at: J+3, channels: [email], tone: firm, template: offre-solde, grants: 10 days, offer: {instalments: 3}}"),
    "an offer that stops nothing": (HEAD + "stop_when: [paid, insolvent, time_barred]\n" + OFFER % ', grants: 10 days, offer: {settlement: "70"}', "PB232", "stop_when: [paid, insolvent, time_barred, written_off]"),
    "an offer that waits for nothing": (HEAD + "hold_while: [disputed]\n" + OFFER % ', grants: 10 days, offer: {settlement: "70"}', "PB232", "hold_while: [disputed, promised]"),
}  # fmt: skip


@pytest.mark.parametrize("name", MENDED)
def test_what_was_written_is_mended(name):
    text, code, row = MENDED[name]
    found = [each for each in load_playbook_text(text, "/essai.yaml")[1] if each.code == code]
    made = [changed(text, fix.edits) for each in found if (fix := quick_fix(text, each)) is not None]
    assert [row in after.split("\n") for after in made].count(True) == 1, made
    after = next(each for each in made if row in each.split("\n"))
    assert len(load_playbook_text(after, "/essai.yaml")[1]) < len(load_playbook_text(text, "/essai.yaml")[1]) or code == "PB008"


def test_a_rule_that_takes_all_goes_last(tmp_path):
    text = "schema: 1\nroutes:\n  # le tout-venant\n  - playbook: negligent\n  - playbook: declic\n    if: {balance: {at_least: '5000'}}\n  - playbook: negligent\n    if: {country: FR}\n"
    path = tmp_path / "routage.yaml"
    path.write_text(text, encoding="utf-8")
    (finding,) = read_routing(path)[1]
    after = changed(text, quick_fix(text, finding).edits)
    assert after == text.replace("  - playbook: negligent\n  - playbook: declic", "  - playbook: declic") + "  - playbook: negligent\n"
    path.write_text(after, encoding="utf-8")
    assert read_routing(path)[1] == ()


def test_the_front_matter_of_a_wording_is_closed(tmp_path):
    text = "---\nsubject: Rappel\ntone:\n  - firm\nMadame, Monsieur,\n\nNous vous rappelons notre facture.\n"
    path = tmp_path / "modeles" / "fr" / "rappel" / "letter.md.j2"
    finding = next(each for each in wording_findings(text, path) if each.code == "PB403")
    assert changed(text, quick_fix(text, finding).edits).startswith("---\nsubject: Rappel\ntone:\n  - firm\n---\nMadame")


# --------------------------------------------------------------------------- every way out

#: What the sentences of ways out begin with, and where they stand: in what checks a file that an editor opens.
ASKS = re.compile(r"(?:add|ask|begin|call|change|claim|close|compare|count|declare|delete|did you mean|drop|extend|give|grant|indent|keep|leave|lengthen|line|lower|make|mend|move|name|put|save|say|sign|split|start|take|use|write)\b")
CHECKERS = ("language", "letters/check.py", "letters/lawful.py", "letters/template_walk.py", "letters/wording.py", "letters/folders.py", "letters/business_mentions.py", "law/mentions.py", "law/wording.py",
            "portfolio/routing.py", "simulation/playbook_tests.py", "proof/promise_file.py", "importers/case_file.py", "importers/mapping.py", "book/signature.py", "checking.py", "project.py")  # fmt: skip
#: Why a sentence that asks for something is no one way out.
NO_ONE_WAY = {
    "it names two": {
        'add "{channel}" to `channels`, or leave it out', "name another channel, or leave it out: a task then says what is missing",
        "add `currency: {currency}`, or name the invoice", "add `end_of_month: before` (the days, then the month's end) or `end_of_month: after` (the month's end, then the days)",
        'add `grants: 8 days` to "{name}", or count from `{name}`', "compare it as it is declared, or declare it as it is compared", "count from a step before it, or from due",
        "count it from due or issued, as in `at: J+1`", "delete the line `---`, or make two files", "did you mean '{near}'? or {write}", 'delete it; write text in quotes, as "text"',
        "drop the limit, or name the channels that the steps use", "drop the wider one, or tighten it", "extend {parent}, or write the steps out", "give a path, or one of {playbooks}",
        "give the account (IBAN) or a payment link", 'grant {kept} days or more, or say "grants_from: presentation"', "keep one of the two versions, and delete the lines of <, = and >", "keep one of them",
        "leave `amount` out, or mend an instalment", "lengthen the delays, or loosen the rule; as it is, these are the days on which they leave at the earliest", "lower min_balance, or raise the bound",
        "make it by e-mail or letter: it is to be read again", "mend from or until", "mend the condition, or delete the step", 'move "{name}" up, or count from a step before this one',
        'move it above "{other}", or lengthen its delay; as it is, it is passed over once "{other}" has gone', "say how often with `times`, or make it the last step",
        'take "{fact}" out of `{list}`, or count the step from an event such as promise.broken', 'take "{name}" out of `after`, or mend one of the conditions',
        "use fewer channels, or leave more days between them", "use registered_letter, or keep the consents on file and waive this", "use single quotes, or double the backslash",
        "write `asks: whole`, or leave `claim` out", "write `playbook: {stem}`, or call the file {playbook}.yaml", 'write `settlement: "70"` or `instalments: 3`', "write {whole} or {next}", "write `unit: account`, or leave `keeps_place` out",
        "write a step of kind: formal_notice above it, or waive this with the reason", "write one of case and case_file", "write the keys out, or use `extends`", "ask to call back or to read the letter",
        "begin with a step by letter or registered_letter", "write **bold**, *italic*, or a line of its own", "close Sundays and holidays, and use when_closed: next",
    },
    "what to write is only shown by an example": {
        "say how often in all, as in `times: 3`", 'use "contact: {{min_gap: 4 days}}" or more', "write a country such as FR, or a department such as FR-57", 'write a number and a unit, such as "5 days" or "3 business days"',
        'write "if: {{not: {{…}}}}"', 'write "key: value"', "write both bounds side by side: {{at_least: …, at_most: …}}", 'write digits and a point, such as "1200.50"', 'write the percent alone, such as "70"', "write decimals with a point, as in 1.1", "ask first, as in `{{% if notice %}}`",
        "write {{code: {code}, reason: …}}, with why you keep it", "write one alone: {written}", "write one mapping, all of whose keys hold; for one or the other any_of: [{items}]",
        "write for which channel it stands in: for example {example}", "add `grants`: the offer stands until then", "add 'subject: …' to the front matter", "begin the file with '---', 'subject: …' and '---'", "add {keys}",
    },
    "it is not a change of this text": {
        "call it {name}.{ending}", "call the folder {child}", "did you mean {like}{suffix}?", "make the book anew, have it read, and sign it: relance book, relance sign", "save it as UTF-8",
        "save the file as UTF-8; it looks like Latin-1 or Windows-1252", "sign the book again: relance sign", "split it into several files", "write {language}/{template}/{file}{suffix}", "write {name}.yaml beside it",
        "leave it where it belongs to another tool; {hint}", 'write `| field("{name}", "{kind}")`', "name a playbook of the project, one that ships with relance, or a file beside this one",
    },
    "it takes the place of more than what is marked": {
        "write {written} in place of key and value", "write how many, and who beside it: {written}", "write the whole {written}", "write {written}, and beside it `grants_from: presentation`", "write `{written}` on a line of its own, under the key above it",
        "write `{key}: {value}`, or each item on a line of its own below the key", "write it behind the key: `{key}: {value}`", 'write {slug} here, and how long after it in "at": `at: {slug} + {span}`',
        'indent it by {wanted} spaces, as the "-" above it', "put what stands under it under the first, and delete this line",
    },
    "where, or in what words, is the author's to say": {
        "change what it found", 'claim "legal_interest" after the formal notice', "claim it in a later step", "claim it in a step after one of kind: formal_notice", "give each its own id", "give each step its own id",
        "give it an open day of the week outside the pauses", "leave the other waiver out", "line keys of one mapping up under each other, with spaces", 'line the "-" up under each other, with spaces',
        "make the offer in a reminder without `claim`", "mend what it found", "name a calendar day", "name as many at least", "name the invoice and its date", "put `done` into the `if` of a step",
        'count it from the invoice, such as "J+14", or write "+" for "-"', "leave these words out; {law}", "name the column of each; one that the file does not have is left out", "write the header as it stands in the file, in quotes: columns have names, no numbers", 'write "and" or "or" between them',
        'take the "#" away, or put one before each line of the item',
        "put the list on its own lines below the key", "say whom to write to", "say why the finding does not hold here", "start the text on the next line, indented", 'write "," between them, not ";"', "write '{written}' behind what belongs to it",
        "write a reminder and a formal notice above it", 'write each item on a line of its own that begins with "- "', 'write each item on a line of its own that begins with "- ", such as {example}', "write it in lower case, with a full stop", "write the tiers from the lowest sum to the highest, the last without up_to",
        "write {instead}", "write both `assignor` and `assigned_on`", "write « mise en demeure »", "write « recouvrement amiable »",
    },
}  # fmt: skip


def asked():
    """Name the sentences of the checks that ask for something."""
    for place in CHECKERS:
        at = collect.ENGINE / place
        for path in sorted(at.rglob("*.py")) if at.is_dir() else [at]:
            for node in collect.nodes(path):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and ASKS.match(node.value) and "\n" not in node.value and not node.value.isidentifier():
                    yield node.value


def test_every_way_out_is_taken_or_is_none(sentences):
    """A finding with one way out has a quick fix; what asks for something and has none says here why."""
    said = sentences & set(asked())
    listed = [each for why in NO_ONE_WAY.values() for each in why]
    assert said - set(WAYS) - set(listed) == set()
    assert set(listed) & set(WAYS) == set()
    assert len(listed) == len(set(listed))
    assert set(listed) - said == set()


def test_as_many_findings_have_a_way_out_as_did():
    fixed = {finding.code for text in EXAMPLES.values() for finding in load_playbook_text(text, "/essai.yaml")[1] if quick_fix(text, finding)}
    assert fixed >= {"PB002", "PB004", "PB101", "PB103", "PB104", "PB107", "PB108", "PB109", "PB202", "PB213", "PB215", "PB301", "PB307", "PB311", "PB316", "PB322", "PB324"}
