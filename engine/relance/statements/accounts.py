"""The account that a statement is of, as each format writes it: an IBAN, a French RIB in whole or in parts, a bank's own number, a card's last digits.

Owns the one form in which an account is kept, and whether two of them are one account: yes, no, or not to be told (None).
"""

from __future__ import annotations

import re
from functools import lru_cache

from relance import iban

#: So many figures of an account's own number say which it is; fewer are of a branch, a product or a name.
_TELLING = 6
_PARTS = re.compile(r"[^0-9A-Z*•]+")
_MASK = re.compile(r"(?:[*•]+|X{2,})")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_CURRENCY = re.compile(r"(?<=[0-9])(?:EUR|USD|GBP|CHF)$")
_IBAN_IN = re.compile(r"(?:[^/]*/)?([A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}?)(?:[A-Z]{3})?")
#: Lengths of a French number without and with its key: bank (5), branch (5), account (11), key (2).
_RIB, _RIB_WITH_KEY = 21, 23


@lru_cache(maxsize=4096)
def account_number(told: str) -> str:
    """Return an account as it is kept: its IBAN where it has one or is a French one, else as it stands, in capitals and without blanks."""
    bare = iban.compact(told)
    found = _IBAN_IN.fullmatch(bare)
    if found and iban.mistake(found[1]) is None:
        return found[1]
    signs = "".join(part for part in _PARTS.split(_CURRENCY.sub("", bare)) if not _BIC.fullmatch(part))
    if len(signs) == _RIB:
        return iban.of_rib(signs[:5], signs[5:10], signs[10:]) or bare
    if len(signs) == _RIB_WITH_KEY and (made := iban.of_rib(signs[:5], signs[5:10], signs[10:21])).endswith(signs[21:]) and made:
        return made
    return found[1] if found else bare


@lru_cache(maxsize=4096)
def same_account(one: str, other: str) -> bool | None:
    """Say whether two accounts, as `account_number` gives them, are one; None where that cannot be told: one is not stated, masked, or but a name."""
    if not one or not other:
        return None
    if one == other:
        return True
    if _is_iban(one) and _is_iban(other):
        return False
    whole, part = (one, other) if _is_iban(one) or len(one) > len(other) else (other, one)
    return _within(whole[4:] if _is_iban(whole) else "".join(_PARTS.split(whole)), part)


def several_accounts(accounts: set[str]) -> bool:
    """Say whether two of these accounts are surely not one."""
    return any(same_account(one, other) is False for one in accounts for other in accounts)


def _is_iban(account: str) -> bool:
    return iban.mistake(account) is None


def _within(whole: str, part: str) -> bool | None:
    """Say whether a bank's own number, told in parts or masked, ends a whole one: its parts in their order, with nothing but noughts between.

    None where it stands in it and more figures follow: it may be a shorter number.
    """
    pieces = [piece.lstrip("0") for piece in _PARTS.split(_CURRENCY.sub("", part)) if not _BIC.fullmatch(piece)]
    if sum(map(str.isdigit, whole)) < _TELLING or _MASK.search(whole):
        return None
    ends = (whole, whole[:-2] if len(whole) == _RIB_WITH_KEY else whole)
    if _MASK.search(part):
        last = _MASK.split(part)[-1]
        return None if any(end.endswith(last) for end in ends) else False
    if not any(sum(map(str.isdigit, piece)) >= _TELLING for piece in pieces):
        return None
    written = "0*".join(map(re.escape, filter(None, pieces)))
    if any(re.search(f"{written}$", end) for end in ends):
        return True
    return None if re.search(written, whole) else False
