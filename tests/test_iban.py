"""An IBAN: what makes one right, in its country, by its check digits and in France by the key of the RIB."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.iban import compact, mistake

GOOD = (
    "FR7630006000011234567890189",
    "FR14 2004 1010 0505 0001 3M02 606",  # letters in the account
    "MC5811222000010123456789030",
    "DE89370400440532013000",
    "BE68539007547034",
    "GB29NWBK60161331926819",
)


def numbers(text: str) -> int:
    """Write an IBAN as the number that its check digits are a remainder of (ISO 7064)."""
    return int("".join(str(int(sign, 36)) for sign in text))


def with_check_digits(country: str, account: str) -> str:
    return f"{country}{98 - numbers(f'{account}{country}00') % 97:02}{account}"


@pytest.mark.parametrize("iban", GOOD)
def test_a_right_one_has_no_mistake(iban):
    assert mistake(iban) is None
    assert mistake(compact(iban).lower()) is None


@pytest.mark.parametrize(
    ("iban", "said"),
    [("FR76300060000112345678901", "check digits"), ("FR7630006000011234567890188", "check digits"), ("XX12", "no valid IBAN"), ("", "no valid IBAN")],
)
def test_a_wrong_one_is_named_with_what_is_wrong(iban, said):
    assert said in mistake(iban)


@given(st.integers(0, 10**21 - 1), st.integers(0, 96))
def test_the_french_key_is_read_behind_right_check_digits(account, key):
    """Bank, branch and account in 21 digits, and a key: right exactly when the key is that of the three."""
    bank, branch, own = account // 10**16, account // 10**11 % 10**5, account % 10**11
    right = 97 - (89 * bank + 15 * branch + 3 * own) % 97
    said = mistake(with_check_digits("FR", f"{account:021}{key:02}"))
    assert (said is None) == (key == right)
    assert said is None or "RIB" in said


@given(st.sampled_from(GOOD), st.data())
def test_one_wrong_character_is_always_found(iban, data):
    bare = compact(iban)
    place = data.draw(st.integers(2, len(bare) - 1))
    other = data.draw(st.sampled_from([sign for sign in "0123456789" if sign != bare[place]]))
    assert mistake(bare[:place] + other + bare[place + 1 :]) is not None
