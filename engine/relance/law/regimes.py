"""By which texts late payment is answered between two parties: traders, a public purchaser, a consumer, a debtor abroad.

Owns which charges may be asked of whom at all, at which figure of the law, and how the texts are cited to a debtor. Refuses to
choose a law: a debtor abroad is asked French interest only where the creditor's terms say that French law governs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import NamedTuple

from relance.law.places import COUNTRIES
from relance.model import Charge, Creditor, Debtor
from relance.sentences import sentence

#: Where directive 2011/7/EU on late payment holds (ISO codes; the EEA took it over).
_DIRECTIVE = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT",
    "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
_LATE = frozenset({Charge.LATE_INTEREST, Charge.FIXED_INDEMNITY, Charge.COMPLEMENTARY_INDEMNITY})
_OF_LAW = _LATE | {Charge.LEGAL_INTEREST}


class Citation(NamedTuple):
    """How the texts of late payment are named to a debtor: interest and indemnity in one go, interest in a sentence, each in a table."""

    both: str = ""
    interest: str = ""
    interest_short: str = ""
    indemnity_short: str = ""


class Regime(NamedTuple):
    """What answers late payment: the figures of the law by name ("": none), and the texts as a letter cites them, by language.

    `frozen`: the rate of the half-year in which interest begins holds to the end; `agreed`: the parties may agree on another.
    """

    late_interest: str = ""
    fixed_indemnity: str = ""
    frozen: bool = False
    agreed: bool = True
    cited: Mapping[str, Citation] = MappingProxyType({})

    def citation(self, language: str) -> Citation:
        """Return how the texts are named in a language; a language not known here reads as English."""
        return self.cited.get(language) or self.cited.get("en") or Citation()


#: Between professionals.
TRADERS = Regime(
    "late-interest",
    "fixed-indemnity",
    cited=MappingProxyType({
        "fr": Citation(
            "code de commerce, articles\u00a0L.\u00a0441-10, II et D.\u00a0441-5", "code de commerce, article\u00a0L.\u00a0441-10, II", "C. com., L.\u00a0441-10, II", "C. com., D.\u00a0441-5"
        ),
        "en": Citation(
            "French Commercial Code, articles L. 441-10, II and D. 441-5", "French Commercial Code, article L. 441-10, II",
            "Commercial Code, L. 441-10, II", "Commercial Code, D. 441-5",
        ),
    }),
)  # fmt: skip
#: A public purchaser: the rate of the day on which interest begins holds to the end, and nobody may agree on another.
PUBLIC = Regime(
    "late-interest-public",
    "fixed-indemnity-public",
    frozen=True,
    agreed=False,
    cited=MappingProxyType({
        "fr": Citation(
            "code de la commande publique, articles\u00a0L.\u00a02192-13, R.\u00a02192-31 et D.\u00a02192-35", "code de la commande publique, articles\u00a0L.\u00a02192-13 et R.\u00a02192-31",
            "C. commande publique, R.\u00a02192-31", "C. commande publique, D.\u00a02192-35",
        ),
        "en": Citation(
            "French Public Procurement Code, articles L. 2192-13, R. 2192-31 and D. 2192-35",
            "French Public Procurement Code, articles L. 2192-13 and R. 2192-31", "Public Procurement Code, R. 2192-31", "Public Procurement Code, D. 2192-35",
        ),
    }),
)  # fmt: skip
#: Nothing but the principal, or legal interest from a notice.
NONE = Regime()
_OF_KIND = {"business": TRADERS, "public": PUBLIC}


def regime_of(debtor_kind: str | None, creditor_kind: str = "business", abroad: str | None = None) -> Regime:
    """Return what answers late payment of a debtor; a debtor of unknown kind is treated as a consumer. `abroad` is `foreign`'s answer."""
    if creditor_kind != "business" or abroad is not None:
        return NONE
    return _OF_KIND.get(debtor_kind or "", NONE)


def foreign(creditor: Creditor, debtor: Debtor) -> str | None:
    """Return the country of a debtor abroad where French law is not said to govern (`terms["governing_law"]`); None where it holds.

    A debtor of whom no country is known is taken to be in France.
    """
    country = debtor.country or (debtor.address.country if debtor.address is not None else None) or "FR"
    if country in ("FR", "PM", *COUNTRIES) or str(creditor.terms.get("governing_law", "")).upper() == "FR":
        return None
    return country


def chargeable(
    kinds: Collection[Charge], *, currency: str, debtor_kind: str | None, creditor_kind: str, abroad: str | None, notes: list[str]
) -> set[Charge]:
    """Return what may be asked of this debtor at all; `notes` gets why the rest is not."""
    wanted = set(kinds)
    if abroad is not None and wanted:
        notes.append(
            sentence("the principal alone is asked: the debtor is in {country}, and no terms say that French law governs (governing_law: FR); the directive 2011/7/EU gives traders there the ECB rate and 8 points, and 40 euro, at least", country=abroad)
            if abroad in _DIRECTIVE
            else sentence("the principal alone is asked: the debtor is in {country}, and no terms say that French law governs (governing_law: FR)", country=abroad)
        )
        return set()
    if currency != "EUR" and wanted & _OF_LAW:
        notes.append(sentence("no interest and no indemnity of French law are asked on a claim in {currency}: only claims in euro carry them here", currency=currency))
        return wanted - _OF_LAW
    if wanted & _LATE and not regime_of(debtor_kind, creditor_kind).late_interest:
        if creditor_kind != "business":
            why = sentence("the creditor is no professional")
        elif debtor_kind is None:
            why = sentence("whether the debtor is a professional is not known, so he is treated as a consumer")
        else:
            why = sentence("the debtor is a consumer")
        notes.append(sentence("no late interest and no fixed indemnity are asked: C. com. L441-10 holds between professionals, and {why}", why=why))
        wanted -= _LATE
    if {Charge.LATE_INTEREST, Charge.LEGAL_INTEREST} <= wanted:
        notes.append(sentence("legal interest (C. civ. 1344-1) is not asked on top of late interest (C. com. L441-10)"))
        wanted.discard(Charge.LEGAL_INTEREST)
    return wanted
