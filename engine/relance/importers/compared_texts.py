"""Numbers, references and names as they are compared: what a payer drops or a bank changes counts for nothing."""

from __future__ import annotations

import re
import unicodedata

_FORMS = frozenset({
    "sa", "sas", "sasu", "sarl", "eurl", "snc", "sci", "scop", "selarl", "earl", "gie", "ei", "eirl", "ets", "etablissements",
    "ste", "societe", "cie", "et", "and", "the", "ltd", "limited", "inc", "llc", "gmbh", "ag", "bv", "nv", "srl", "spa", "m",
    "mr", "mme", "mlle", "monsieur", "madame", "mademoiselle",
})  # fmt: skip
#: The words of a number: letters, or figures.
WORDS = re.compile(r"[A-Z]+|[0-9]+")


def squeeze(number: str) -> str:
    """Return a number as it is compared: capitals and digits alone, for payers drop dashes and spaces."""
    return "".join(WORDS.findall(plain_letters(number).upper()))


def unwrapped(reference: str) -> str:
    """Return what an ISO 11649 reference (RF, two check digits) holds, if the check is right; else the reference."""
    found = re.fullmatch(r"RF([0-9]{2})([0-9A-Z]{1,21})", reference.upper())
    if found and int("".join(str(int(sign, 36)) for sign in f"{found[2]}RF{found[1]}")) % 97 == 1:
        return found[2]
    return reference


def name_words(name: str) -> frozenset[str]:
    """Return the words of a name that tell it from others: no accents, no legal form, no title."""
    return frozenset(words_of_name(name))


def words_of_name(name: str) -> list[str]:
    """Return the same words in their order."""
    return [word for word in re.findall(r"[a-z0-9]+", plain_letters(name).casefold()) if word not in _FORMS]


def plain_letters(text: str) -> str:
    """Return a text in the letters without accents."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
