"""What makes an IBAN right (ISO 13616): its country's length and form, its check digits, and in France and Monaco the key of the RIB.

python-stdnum knows the countries and the check digits; the French key it does not know is here.
"""

from __future__ import annotations

from functools import lru_cache

from relance.sentences import sentence

#: Letters of a French account number as the digits of its key: A to I are 1 to 9, J to R too, S to Z are 2 to 9.
_RIB = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "12345678912345678923456789")
#: Whose accounts are French ones: bank, branch, account and key in 23 characters.
_FRENCH = frozenset({"FR", "MC"})


def compact(iban: str) -> str:
    """Write an IBAN without blanks, in capitals."""
    return "".join(iban.split()).upper()


@lru_cache(maxsize=4096)
def mistake(iban: str) -> str | None:
    """Say what is wrong with an IBAN, or None."""
    from stdnum import exceptions
    from stdnum import iban as standard

    bare = compact(iban)
    try:
        standard.validate(bare)
    except exceptions.InvalidComponent:
        pass  # a bank that a list does not know yet is no mistake
    except exceptions.InvalidLength:
        return sentence("'{iban}' is no valid IBAN: its length is not that of the country", iban=iban)
    except exceptions.InvalidFormat:
        return sentence("'{iban}' is no valid IBAN: it is not written as in its country", iban=iban)
    except exceptions.ValidationError:
        return sentence("'{iban}' is no valid IBAN: its check digits are wrong, or a character is missing", iban=iban)
    if bare[:2] in _FRENCH and (int(bare[4:].translate(_RIB)) % 97 or bare.endswith("00")):  # the key is 01 to 97
        return sentence("'{iban}' is no valid IBAN: the key of its RIB is wrong", iban=iban)
    return None


def of_rib(bank: str, branch: str, account: str) -> str:
    """Return the IBAN of a French account that is told by its bank (5 digits), its branch (5) and its number (11); an empty text where it is none."""
    number = f"{bank}{branch}{account.upper()}"
    if len(number) != 21 or not (number.isascii() and number.isalnum() and number[:10].isdigit()):
        return ""
    digits = number.translate(_RIB)
    bban = f"{number}{97 - int(digits) * 100 % 97:02d}"
    check = 98 - int("".join(str(int(sign, 36)) for sign in f"{bban}FR00")) % 97
    return f"FR{check:02d}{bban}"
