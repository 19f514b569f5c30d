"""A text → an SMS: alphabet (GSM 03.38 or UCS-2), segments, the number it goes to, and what it must not say.

A third party may read a text message over the debtor's shoulder: no amount and no word of debt may stand in it
(C. civ. art. 9; secrecy of the claim). Sends nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from relance.extras import missing
from relance.letters.fields import Context
from relance.letters.wording import Text
from relance.sentences import sentence

#: GSM 03.38 basic alphabet, and the characters of its extension table, which take two places.
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM_EXTENDED = frozenset("^{}\\[~]|€\f")
#: Typography that has a plain equivalent in the GSM alphabet; letters are never changed.
_PLAIN = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " ", "\u202f": " "}
)
_SPACES = re.compile(r"\s+")
#: Words in which somebody else could read a debt, in the languages wordings are written in, and amounts.
SECRETS = re.compile(
    r"\b(?:dettes?|débiteurs?|créanciers?|créances?|impayée?s?|factures?|relances?|recouvre\w*|mise en demeure|échues?|échéances?|règlements?|régler|payer|"
    r"paiements?|virements?|huissiers?|commissaires? de justice|contentieux|tribunal|"
    r"debts?|debtors?|creditors?|unpaid|overdue|invoices?|reminders?|collections?|recovery|formal notice|pay(?:ment|ments|able)?|bailiffs?|court)\b"
    r"|\d[\d\s.,]*\s?(?:€|eur\b|euros?\b)|[€$£]\s?\d",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sms:
    """A text message: to whom (E.164), what, in which alphabet (`GSM-7` or `UCS-2`), in how many segments."""

    to: str
    text: str
    alphabet: str
    segments: int


def measure(text: str) -> tuple[str, int]:
    """Return the alphabet and the number of segments: 160 or 153 places in GSM-7, 70 or 67 in UCS-2; a pair is never cut."""
    if all(each in GSM or each in GSM_EXTENDED for each in text):
        sizes, alphabet, single, several = [2 if each in GSM_EXTENDED else 1 for each in text], "GSM-7", 160, 153
    else:
        sizes, alphabet, single, several = [2 if ord(each) > 0xFFFF else 1 for each in text], "UCS-2", 70, 67
    if sum(sizes) <= single:
        return alphabet, 1
    segments, used = 1, 0
    for size in sizes:
        if used + size > several:
            segments, used = segments + 1, 0
        used += size
    return alphabet, segments


def secret_in(text: str) -> str | None:
    """Return the first word or amount in which a third party could read a debt, or None."""
    found = SECRETS.search(text)
    return found[0].strip() if found else None


@lru_cache(maxsize=4096)
def number_of(phone: str | None, country: str) -> tuple[str | None, str | None]:
    """Return a mobile number in E.164 form, or why there is none."""
    if not phone:
        return None, sentence("there is no telephone number")
    import phonenumbers

    try:
        number = phonenumbers.parse(phone, country or "FR")
    except phonenumbers.NumberParseException:
        return None, sentence("'{phone}' is no telephone number", phone=phone[:40])
    if not phonenumbers.is_valid_number(number):
        return None, sentence("'{phone}' is no telephone number", phone=phone[:40])
    kind = phonenumbers.number_type(number)
    if kind not in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE):
        return None, sentence("'{phone}' is no mobile number", phone=phone[:40])
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), None


def build(text: Text, context: Context) -> Sms:
    """Return the message. Raises ValueError, in words, for a number that takes none, for a text that says too much, and where the extra `sms` is not installed."""
    try:
        to, mistake = number_of(context.debtor.phone, context.debtor.country)
    except ModuleNotFoundError as error:
        if (why := missing(error)) is None:
            raise
        raise ValueError(why) from error
    if to is None:
        raise ValueError(sentence("debtor: {mistake}", mistake=mistake))
    said = _SPACES.sub(" ", text.plain(100_000).translate(_PLAIN)).strip()
    if word := secret_in(said):
        raise ValueError(sentence("the text message says '{word}', in which somebody else could read a debt", word=word))
    alphabet, segments = measure(said)
    return Sms(to, said, alphabet, segments)
