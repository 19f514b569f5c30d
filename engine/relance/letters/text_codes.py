"""What the findings of texts are called and why they are made (PB4xx): title, reason, how grave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from relance.model import Severity
from relance.sentences import sentence


class TextCode(NamedTuple):
    """What a finding is about, for whoever asks."""

    title: str
    why: str
    severity: Severity = Severity.ERROR


CODES: Mapping[str, TextCode] = {
    "PB401": TextCode(sentence("template syntax"), sentence("a template that cannot be read stops the message on the day it is due")),
    "PB402": TextCode(sentence("unknown name in a template"), sentence("a name nobody fills stops the message on the day it is due")),
    "PB403": TextCode(sentence("front matter"), sentence("a letter or e-mail without a subject, or of a tone that does not exist, cannot be written")),
    "PB404": TextCode(sentence("missing wording"), sentence("the step has nothing to say on this channel, so that a person gets a task instead")),
    "PB405": TextCode(sentence("tone not written for"), sentence("the author of the wording did not mean it to be read at this tone")),
    "PB406": TextCode(sentence("missing block"), sentence("a template includes a file that is not there")),
    "PB407": TextCode(sentence("comparison that is never true"), sentence("a misspelt tone, channel or kind silently leaves a passage out")),
    "PB408": TextCode(sentence("text message that tells too much"), sentence("a third party may read a text message (C. civ. art. 9): no amount, no word of debt")),
    "PB409": TextCode(sentence("HTML in a wording"), sentence("a wording is Markdown: tags are shown as they are written"), Severity.WARNING),
    "PB410": TextCode(
        sentence("agency's letter without a statutory block"),
        sentence("CPCE R. 124-4 lists what the letter of a collector for others contains"),
        Severity.WARNING,
    ),
    "PB411": TextCode("logo", sentence("a letterhead names a picture that cannot be shown")),
    "PB412": TextCode("IBAN", sentence("a letter that asks for a payment to a wrong account")),
    "PB413": TextCode(sentence("a value made for reading, computed with"), sentence("dates and amounts are text in a wording: it stops on the day it is due, or prints nonsense")),
    "PB414": TextCode(sentence("wording that is never used"), sentence("the shipped wording leaves in its stead, and nobody sees it"), Severity.WARNING),
    "PB415": TextCode(sentence("register, legal form or capital missing"), sentence("C. com. R123-237 and R123-238 ask for them on a company's business letters"), Severity.WARNING),
    "PB417": TextCode(sentence("an agency that is not declared, insured or without its account"), sentence("CPCE R124-2 asks for them before anything is collected for others"), Severity.WARNING),
    "PB418": TextCode(sentence("a playbook that nobody signed, or that changed since"), sentence("where a house lets nothing leave that was not read, what was read is what leaves")),
    "PB416": TextCode(sentence("mediator missing"), sentence("a consumer who is sent to a mediator must be told his name and address (C. conso. L616-1)")),
}
