"""One list of movements, written as each kind of bank file says it: what a format means is tried on the same facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

IBAN = "FR7630006000011234567890189"
BANK, BRANCH, ACCOUNT = "30006", "00001", "12345678901"
COLUMNS = f"""schema: 1
mapping: ma-banque
creditor: {{id: atelier, name: Atelier, iban: {IBAN}}}
bank:
  columns: {{booked: Date, value: Valeur, debit: Débit, credit: Crédit, payer: Tiers, text: Libellé, end_to_end: Référence}}
"""


@dataclass(frozen=True)
class Moved:
    """A movement, as the account sees it: `amount` below zero went out. `back`: it undoes another. `kept`: charges that the bank took off what was paid."""

    amount: str
    payer: str = ""
    text: str = ""
    end_to_end: str = ""
    on: str = "2026-02-20"
    back: bool = False
    ultimate: str = ""
    kept: str = "0"
    reference: str = ""

    @property
    def sum(self) -> Decimal:
        return Decimal(self.amount)

    @property
    def day(self) -> date:
        return date.fromisoformat(self.on)


def camt(moved: list[Moved], message: str = "053", version: str = "001.08", *, status: str = "BOOK", balances: bool = True) -> str:
    root, part = {"052": ("BkToCstmrAcctRpt", "Rpt"), "053": ("BkToCstmrStmt", "Stmt"), "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}[message]
    if version == "001.01":
        root += "V01"
    entries = ""
    for one in moved:
        side, role = ("CRDT", "Dbtr") if one.sum > 0 else ("DBIT", "Cdtr" if one.back else "Dbtr")
        paid = abs(one.sum + Decimal(one.kept))
        names = "".join(f"<{kind}{role}><Nm>{escape(name)}</Nm></{kind}{role}>" for kind, name in (("", one.payer), ("Ultmt", one.ultimate)) if name)
        charges = f'<Chrgs><Rcrd><Amt Ccy="EUR">{one.kept}</Amt><CdtDbtInd>DBIT</CdtDbtInd></Rcrd></Chrgs>' if Decimal(one.kept) else ""
        details = f"""<TxDtls><Refs>{f"<AcctSvcrRef>{one.reference}</AcctSvcrRef>" if one.reference else ""}<EndToEndId>{one.end_to_end or "NOTPROVIDED"}</EndToEndId></Refs><Amt Ccy="EUR">{paid}</Amt>{charges}
          <RltdPties>{names}</RltdPties><RmtInf><Ustrd>{escape(one.text)}</Ustrd></RmtInf>{"<RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf>" if one.back else ""}</TxDtls>"""
        entries += f"""<Ntry><Amt Ccy="EUR">{abs(one.sum)}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts>{status if version < "001.07" else f"<Cd>{status}</Cd>"}</Sts><BookgDt><Dt>{one.on}</Dt></BookgDt>
          {details if version == "001.01" else f"<NtryDtls>{details}</NtryDtls>"}</Ntry>"""
    last = max((one.on for one in moved), default="2026-02-20")
    total = sum((one.sum for one in moved), Decimal("1000.00"))
    both = "".join(
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{last}</Dt></Dt></Bal>'
        for code, amount in (("OPBD", "1000.00"), ("CLBD", total)) if balances and message == "053"
    )  # fmt: skip
    return f"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{message}.{version}"><{root}><GrpHdr><MsgId>1</MsgId></GrpHdr><{part}><Id>S1</Id><Acct><Id><IBAN>{IBAN}</IBAN></Id></Acct>{both}{entries}</{part}></{root}></Document>"""


def overpunched(amount: Decimal, decimals: int = 2) -> str:
    digits = f"{int(abs(amount).scaleb(decimals)):014d}"
    return digits[:-1] + ("{ABCDEFGHI" if amount >= 0 else "}JKLMNOPQR")[int(digits[-1])]


def cfonb_record(code: str, on: date, amount: Decimal, *, label: str = "", operation: str = "05", reject: str = "", reference: str = "", decimals: int = 2, currency: str = "EUR") -> str:
    return (
        f"{code}{BANK}    {BRANCH}{currency}{decimals} {ACCOUNT}{operation if code == '04' else '  '}{on:%d%m%y}{reject:2}{f'{on:%d%m%y}' if code == '04' else ' ' * 6}"
        f"{label:31.31}  {'0' * 7 if code == '04' else ' ' * 7}  {overpunched(amount, decimals)}{reference:16.16}"
    )  # fmt: skip


def cfonb_more(on: date, qualifier: str, text: str, operation: str = "05") -> str:
    return f"05{BANK}    {BRANCH}EUR2 {ACCOUNT}{operation}{on:%d%m%y}     {qualifier:3}{text:70.70}  "


def cfonb(moved: list[Moved]) -> str:
    first, last = (pick((one.day for one in moved), default=date(2026, 2, 20)) for pick in (min, max))
    lines = [cfonb_record("01", first, Decimal("1000.00"))]
    for one in moved:
        lines.append(cfonb_record("04", one.day, one.sum, label="PRLV SEPA IMPAYE" if one.back else "VIR SEPA RECU", reject="51" if one.back else "", reference=one.reference))
        told = {"NPY": one.payer, "NPO": one.ultimate, "RCN": one.end_to_end, "LCC": one.text[:70], "LC2": one.text[70:]}
        if Decimal(one.kept):
            told |= {"MMO": f"EUR2{int(abs(one.sum + Decimal(one.kept)).scaleb(2)):014d}", "FEE": f"EUR2{int(Decimal(one.kept).scaleb(2)):014d}"}
        lines += [cfonb_more(one.day, name, text) for name, text in told.items() if text]
    lines.append(cfonb_record("07", last, sum((one.sum for one in moved), Decimal("1000.00"))))
    return "\r\n".join(lines) + "\r\n"


def mt940(moved: list[Moved]) -> str:
    first, last = (pick((one.day for one in moved), default=date(2026, 2, 20)) for pick in (min, max))
    lines = [":20:STARTUMS", f":25:{IBAN}", ":28C:00001/001", f":60F:C{first:%y%m%d}EUR1000,00"]
    for one in moved:
        mark = ("RD" if one.sum > 0 else "RC") if one.back else ("C" if one.sum > 0 else "D")
        lines.append(f":61:{one.day:%y%m%d}{one.day:%m%d}{mark}{str(abs(one.sum)).replace('.', ',')}NTRFNONREF{f'//{one.reference}' if one.reference else ''}")
        told = {"EREF": one.end_to_end, "NAME": one.payer, "ULTD": one.ultimate, "REMI": one.text}
        if Decimal(one.kept):
            told |= {"OCMT": f"EUR{str(abs(one.sum + Decimal(one.kept))).replace('.', ',')}", "CHRG": f"EUR{one.kept.replace('.', ',')}"}
        details = "".join(f"/{name}/{text}" for name, text in told.items() if text)
        lines.append(":86:" + "\n".join(details[at : at + 65] for at in range(0, len(details), 65)))
    total = sum((one.sum for one in moved), Decimal("1000.00"))
    lines += [f":62F:C{last:%y%m%d}EUR{str(total).replace('.', ',')}", "-"]
    return "\n".join(lines) + "\n"


def mt940_german(moved: list[Moved]) -> str:
    """Write the details in German sub-fields."""
    first, last = (pick((one.day for one in moved), default=date(2026, 2, 20)) for pick in (min, max))
    lines = [":20:STARTUMS", f":25:{IBAN}EUR", ":28C:00001/001", f":60F:C{first:%y%m%d}EUR1000,00"]
    for one in moved:
        lines.append(f":61:{one.day:%y%m%d}{one.day:%m%d}{'C' if one.sum > 0 else 'D'}{str(abs(one.sum)).replace('.', ',')}NTRFNONREF{f'//{one.reference}' if one.reference else ''}")
        code = ("159" if one.sum > 0 else "109") if one.back else "166"
        purpose = "".join(f"{word}+{text}" for word, text in (("EREF", one.end_to_end), ("SVWZ", one.text), ("ABWA", one.ultimate)) if text)
        chunks = [purpose[at : at + 27] for at in range(0, len(purpose), 27)]
        lines.append(f":86:{code}?00X" + "".join(f"?{20 + n}{chunk}" for n, chunk in enumerate(chunks)) + (f"?32{one.payer[:27]}" if one.payer else ""))
    total = sum((one.sum for one in moved), Decimal("1000.00"))
    lines += [f":62F:C{last:%y%m%d}EUR{str(total).replace('.', ',')}", "-"]
    return "\n".join(lines) + "\n"


def ofx(moved: list[Moved], *, xml: bool = False) -> str:
    def leaf(name: str, text: str) -> str:
        return f"<{name}>{escape(text)}{f'</{name}>' if xml else ''}\n" if text else ""

    last = max((one.day for one in moved), default=date(2026, 2, 20))
    rows = "".join(
        "<STMTTRN>\n" + leaf("TRNTYPE", "CREDIT" if one.sum > 0 else "DEBIT") + leaf("DTPOSTED", f"{one.day:%Y%m%d}120000[+1:CET]") + leaf("TRNAMT", one.amount)
        + leaf("FITID", one.reference or f"{one.on}/{one.amount}/{n}") + leaf("NAME", one.ultimate or one.payer) + leaf("MEMO", f"{'IMPAYE ' if one.back else ''}{one.text} {one.end_to_end}".strip()) + "</STMTTRN>\n"
        for n, one in enumerate(moved)
    )  # fmt: skip
    head = (
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n'
        if xml
        else "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nSECURITY:NONE\nENCODING:USASCII\nCHARSET:1252\nCOMPRESSION:NONE\nOLDFILEUID:NONE\nNEWFILEUID:NONE\n\n"
    )
    account = leaf("BANKID", BANK) + leaf("BRANCHID", BRANCH) + leaf("ACCTID", ACCOUNT) + leaf("ACCTTYPE", "CHECKING")
    return (
        f"{head}<OFX>\n<BANKMSGSRSV1>\n<STMTTRNRS>\n{leaf('TRNUID', '0')}<STMTRS>\n{leaf('CURDEF', 'EUR')}<BANKACCTFROM>\n{account}</BANKACCTFROM>\n<BANKTRANLIST>\n{leaf('DTSTART', '20260101')}"
        f"{leaf('DTEND', f'{last:%Y%m%d}')}{rows}</BANKTRANLIST>\n<LEDGERBAL>\n{leaf('BALAMT', '1.00')}{leaf('DTASOF', f'{last:%Y%m%d}')}</LEDGERBAL>\n</STMTRS>\n</STMTTRNRS>\n</BANKMSGSRSV1>\n</OFX>\n"
    )  # fmt: skip


def csv(moved: list[Moved]) -> str:
    lines = ["Date;Valeur;Libellé;Débit;Crédit;Tiers;Référence"]
    for one in moved:
        amount = str(abs(one.sum)).replace(".", ",")
        debit, credit = ("", amount) if one.sum > 0 else (amount, "")
        lines.append(f"{one.day:%d/%m/%Y};{one.day:%d/%m/%Y};{'IMPAYE ' if one.back else ''}{one.text};{debit};{credit};{one.ultimate or one.payer};{one.end_to_end}")
    return "\n".join(lines) + "\n"


#: Every format, by name: the file's name, what writes it, and the encoding it is written in.
WRITERS = {
    "camt.053": ("releve.xml", camt, "utf-8"),
    "camt.053 v1": ("releve.xml", lambda moved: camt(moved, version="001.01"), "utf-8"),
    "camt.054": ("avis.xml", lambda moved: camt(moved, "054"), "utf-8"),
    "CFONB 120": ("releve.cfonb", cfonb, "cp1252"),
    "MT940": ("releve.sta", mt940, "cp1252"),
    "MT940 sub-fields": ("releve.mt940", mt940_german, "cp1252"),
    "OFX 1": ("releve.ofx", ofx, "cp1252"),
    "OFX 2": ("releve2.ofx", lambda moved: ofx(moved, xml=True), "utf-8"),
    "table": ("releve.csv", csv, "utf-8"),
}  # fmt: skip
