"""What nine products export, in French and in English, by the headers they really have; and what is open of each invoice when the rows that claim nothing are left out."""

from __future__ import annotations

#: name → the file, and what is open by invoice.
EXPORTS: dict[str, tuple[str, dict[str, str]]] = {
    "odoo fr": (
        """Numéro,Nom d'affichage du partenaire de la facture,Date de facturation,Date d'échéance,Hors taxes signé,Total signé,Montant dû signé,Statut du paiement,Statut,Devise
FAC/2026/00001,Dupont SA,2026-01-15,2026-02-14,1000.00,1200.00,1200.00,Non payées,Comptabilisé,EUR
/,Dupont SA,2026-01-16,2026-02-15,100.00,120.00,120.00,Non payées,Brouillon,EUR
FAC/2026/00002,Dupont SA,2026-01-17,2026-02-16,200.00,240.00,0.00,Non payées,Annulé,EUR
FAC/2026/00003,Martin SARL,2026-01-18,2026-02-17,500.00,600.00,100.00,Partiellement réglé,Comptabilisé,EUR
RFAC/2026/00001,Martin SARL,2026-01-20,2026-01-20,-50.00,-60.00,-60.00,Non payées,Comptabilisé,EUR
""",
        {"FAC/2026/00001": "1200.00", "FAC/2026/00003": "40.00"},
    ),
    "odoo en": (
        """Number,Invoice Partner Display Name,Invoice/Bill Date,Due Date,Untaxed Amount Signed,Total Signed,Amount Due Signed,Payment Status,Status
INV/2026/00001,Dupont SA,2026-01-15,2026-02-14,1000.00,1200.00,1200.00,Not Paid,Posted
INV/2026/00002,Dupont SA,2026-01-16,2026-02-15,100.00,120.00,120.00,Not Paid,Draft
INV/2026/00003,Martin SARL,2026-01-17,2026-02-16,200.00,240.00,240.00,Not Paid,Cancelled
""",
        {"INV/2026/00001": "1200.00"},
    ),
    "odoo technical": (
        """name,partner_id,invoice_date,invoice_date_due,amount_untaxed_signed,amount_total_signed,amount_residual_signed,payment_state,state,currency_id,move_type
INV/2026/00001,Dupont SA,2026-01-15,2026-02-14,1000.00,1200.00,1200.00,not_paid,posted,EUR,out_invoice
INV/2026/00002,Dupont SA,2026-01-16,2026-02-15,100.00,120.00,120.00,not_paid,draft,EUR,out_invoice
INV/2026/00003,Martin SARL,2026-01-17,2026-02-16,200.00,240.00,240.00,not_paid,cancel,EUR,out_invoice
RINV/2026/00001,Martin SARL,2026-01-17,2026-02-16,-20.00,-24.00,-24.00,not_paid,posted,EUR,out_refund
""",
        {"INV/2026/00001": "1200.00"},
    ),
    "pennylane fr": (
        """Numéro de facture;Libellé;Client;Date d'émission;Date d'échéance;Montant HT;TVA;Montant TTC;Reste à payer;Statut;Devise;SIREN;E-mail
F-2026-001;Prestation;Dupont SA;15/01/2026;14/02/2026;1000,00;200,00;1200,00;1200,00;En retard;EUR;000019182;compta@dupont.example
;Prestation;Dupont SA;16/01/2026;15/02/2026;100,00;20,00;120,00;120,00;Brouillon;EUR;000019182;compta@dupont.example
F-2026-002;Prestation;Martin SARL;17/01/2026;16/02/2026;100,00;20,00;120,00;0,00;Annulée;EUR;552100554;
F-2026-003;Prestation;Martin SARL;17/01/2026;16/02/2026;100,00;20,00;120,00;0,00;Payée;EUR;552100554;
F-2026-004;Prestation;Martin SARL;17/01/2026;16/02/2026;100,00;20,00;120,00;120,00;Archivée;EUR;552100554;
""",
        {"F-2026-001": "1200.00"},
    ),
    "pennylane en": (
        """Invoice number,Label,Customer,Issue date,Deadline,Amount excl. VAT,VAT,Amount incl. VAT,Remaining amount,Status,Currency
F-2026-001,Service,Dupont SA,2026-01-15,2026-02-14,1000.00,200.00,1200.00,1200.00,Late,EUR
F-2026-002,Service,Martin SARL,2026-01-17,2026-02-16,100.00,20.00,120.00,120.00,Draft,EUR
F-2026-003,Service,Martin SARL,2026-01-17,2026-02-16,100.00,20.00,120.00,0.00,Cancelled,EUR
""",
        {"F-2026-001": "1200.00"},
    ),
    "sage 100": (
        """N° compte tiers;Intitulé du tiers;N° pièce;Date de pièce;Date d'échéance;Type de pièce;Libellé écriture;Montant TTC;Solde dû;Etat;Devise
411DUP;Dupont SA;FA0001;15/01/2026;14/02/2026;Facture;Vente;1 200,00;1 200,00;Comptabilisé;EUR
411DUP;Dupont SA;FA0002;16/01/2026;15/02/2026;Facture;Vente;120,00;120,00;A comptabiliser;EUR
411DUP;Dupont SA;FA0003;16/01/2026;15/02/2026;Facture;Vente;240,00;240,00;Annulé;EUR
411MAR;Martin SARL;AV0001;20/01/2026;20/01/2026;Avoir;Retour;-60,00;-60,00;Comptabilisé;EUR
""",
        {"FA0001": "1200.00", "FA0002": "120.00"},
    ),
    "sage debit credit": (
        """Compte tiers;Intitulé;N° pièce;Date;Échéance;Libellé;Débit;Crédit;Devise
411DUP;Dupont SA;FA0001;15/01/2026;14/02/2026;Facture 1;1 200,00;;EUR
411DUP;Dupont SA;FA0002;16/01/2026;15/02/2026;Facture 2;120,00;;EUR
411MAR;Martin SARL;AV0001;20/01/2026;20/01/2026;Avoir;;60,00;EUR
""",
        {"FA0001": "1200.00", "FA0002": "120.00"},
    ),
    "sage uk": (
        """Invoice Number,Account Ref,Customer Name,Invoice Date,Due Date,Status,Net Amount,VAT,Gross Amount,Outstanding
SI-1,DUP001,Dupont SA,15/01/2026,14/02/2026,Unpaid,1000.00,200.00,1200.00,1200.00
SI-2,DUP001,Dupont SA,16/01/2026,15/02/2026,Draft,100.00,20.00,120.00,120.00
SI-3,DUP001,Dupont SA,16/01/2026,15/02/2026,Void,100.00,20.00,120.00,120.00
""",
        {"SI-1": "1200.00"},
    ),
    "cegid": (
        """Auxiliaire;Libellé auxiliaire;Référence interne;Date comptable;Date échéance;Nature;Débit;Crédit;Devise;Validé
C0001;Dupont SA;F-1;15/01/2026;14/02/2026;Facture client;1200,00;0,00;EUR;Oui
C0001;Dupont SA;F-2;16/01/2026;15/02/2026;Facture client;120,00;0,00;EUR;Oui
C0002;Martin SARL;A-1;20/01/2026;20/01/2026;Avoir client;0,00;60,00;EUR;Oui
""",
        {"F-1": "1200.00", "F-2": "120.00"},
    ),
    "cegid en": (
        """Reference Nbr.,Customer,Customer Name,Date,Due Date,Type,Status,Amount,Balance,Currency
AR000001,C0001,Dupont SA,15/01/2026,14/02/2026,Invoice,Open,1200.00,1200.00,EUR
AR000002,C0001,Dupont SA,16/01/2026,15/02/2026,Invoice,Balanced,120.00,120.00,EUR
AR000003,C0001,Dupont SA,16/01/2026,15/02/2026,Invoice,Voided,240.00,240.00,EUR
AR000004,C0001,Dupont SA,16/01/2026,16/01/2026,Credit Memo,Open,60.00,60.00,EUR
AR000005,C0001,Dupont SA,16/01/2026,16/01/2026,Invoice,On Hold,60.00,60.00,EUR
""",
        {"AR000001": "1140.00"},
    ),
    "ebp": (
        """Numéro du document;Code client;Nom du client;Date du document;Date d'échéance;Total TTC;Solde dû;Type de document;Etat du document;E-mail
FA00001;DUP;Dupont SA;15/01/2026;14/02/2026;1 200,00;1 200,00;Facture;Validé;compta@dupont.example
FA00002;DUP;Dupont SA;16/01/2026;15/02/2026;120,00;120,00;Facture;Provisoire;compta@dupont.example
AV00001;MAR;Martin SARL;16/01/2026;16/01/2026;60,00;60,00;Avoir;Validé;
DE00001;MAR;Martin SARL;16/01/2026;16/01/2026;60,00;60,00;Devis;Validé;
""",
        {"FA00001": "1200.00"},
    ),
    "axonaut fr": (
        """Numéro de facture;Date de création;Date d'échéance;Société;Email;Montant HT;Montant TTC;Reste à payer;État;Date de paiement
F20260001;15/01/2026;14/02/2026;Dupont SA;compta@dupont.example;1000,00;1200,00;1200,00;En attente de paiement;
F20260002;16/01/2026;15/02/2026;Dupont SA;compta@dupont.example;100,00;120,00;0,00;Payée;20/02/2026
F20260003;16/01/2026;15/02/2026;Martin SARL;;100,00;120,00;120,00;Annulée;
""",
        {"F20260001": "1200.00"},
    ),
    "axonaut en": (
        """Number,Date,Due date,Company,Pre-tax amount,Total,Left to pay,State
F20260001,15/01/2026,14/02/2026,Dupont SA,1000.00,1200.00,1200.00,Pending
F20260003,16/01/2026,15/02/2026,Martin SARL,100.00,120.00,120.00,Canceled
""",
        {"F20260001": "1200.00"},
    ),
    "quickbooks en": (
        """Date,Transaction type,Num,Customer,Due date,Amount,Open balance,Status
01/15/2026,Invoice,1001,Dupont SA,02/14/2026,"1,200.00","1,000.00",Overdue
01/16/2026,Invoice,1002,Dupont SA,02/15/2026,120.00,0.00,Paid
01/16/2026,Invoice,1003,Dupont SA,02/15/2026,120.00,0.00,Voided
01/17/2026,Estimate,1004,Dupont SA,02/16/2026,120.00,120.00,Pending
01/20/2026,Credit Memo,1005,Dupont SA,02/19/2026,-100.00,-100.00,Unapplied
01/20/2026,Payment,1006,Dupont SA,01/20/2026,-200.00,0.00,Closed
""",
        {"1001": "900.00"},
    ),
    "quickbooks fr": (
        """Date;Type d'opération;N°;Client;Date d'échéance;Total;Solde;Statut
15/01/2026;Facture;1001;Dupont SA;14/02/2026;1 200,00;1 000,00;En retard
16/01/2026;Facture;1003;Dupont SA;15/02/2026;120,00;0,00;Annulée
20/01/2026;Note de crédit;1005;Dupont SA;20/01/2026;-100,00;-100,00;Non appliqué
20/01/2026;Paiement;1006;Dupont SA;20/01/2026;-200,00;0,00;Clôturé
""",
        {"1001": "900.00"},
    ),
    "dolibarr fr": (
        """Id facture;Réf. facture;Type;Tiers;Code client;SIREN;Date facturation;Date limite de règlement;Montant HT;Montant TVA;Montant TTC;Reste à payer;État
1;FA2601-0001;Facture standard;Dupont SA;CU2601-00001;000019182;15/01/2026;14/02/2026;1000,00;200,00;1200,00;1200,00;Impayée
2;(PROV2);Facture standard;Dupont SA;CU2601-00001;000019182;16/01/2026;15/02/2026;100,00;20,00;120,00;120,00;Brouillon
3;FA2601-0002;Facture standard;Martin SARL;CU2601-00002;552100554;16/01/2026;15/02/2026;100,00;20,00;120,00;120,00;Abandonnée
4;AV2601-0001;Avoir;Martin SARL;CU2601-00002;552100554;18/01/2026;18/01/2026;-50,00;-10,00;-60,00;-60,00;Impayée
5;FA2601-0003;Facture standard;Martin SARL;CU2601-00002;552100554;18/01/2026;18/02/2026;50,00;10,00;60,00;0,00;Payée
""",
        {"FA2601-0001": "1200.00"},
    ),
    "dolibarr technical": (
        """f.ref,f.type,s.nom,s.code_client,s.siren,f.datef,f.date_lim_reglement,f.total_ht,f.total_ttc,f.fk_statut,f.paye
FA2601-0001,0,Dupont SA,CU2601-00001,000019182,2026-01-15,2026-02-14,1000.00,1200.00,1,0
(PROV2),0,Dupont SA,CU2601-00001,000019182,2026-01-16,2026-02-15,100.00,120.00,0,0
FA2601-0002,0,Martin SARL,CU2601-00002,552100554,2026-01-16,2026-02-15,100.00,120.00,3,0
""",
        {"FA2601-0001": "1200.00"},
    ),
    "dolibarr en": (
        """Invoice ref.,Third-party name,Invoice date,Payment due on,Total (excl. tax),Total (inc. tax),Remaining unpaid,Status
FA2601-0001,Dupont SA,2026-01-15,2026-02-14,1000.00,1200.00,1200.00,Unpaid
(PROV2),Dupont SA,2026-01-16,2026-02-15,100.00,120.00,120.00,Draft
FA2601-0002,Martin SARL,2026-01-16,2026-02-15,100.00,120.00,120.00,Abandoned
""",
        {"FA2601-0001": "1200.00"},
    ),
    "erpnext en": (
        """ID,Customer,Customer Name,Posting Date,Due Date,Grand Total,Outstanding Amount,Currency,Status,Is Return (Credit Note),Return Against
ACC-SINV-2026-00001,CUST-1,Dupont SA,2026-01-15,2026-02-14,1200.00,1200.00,EUR,Overdue,0,
ACC-SINV-2026-00002,CUST-1,Dupont SA,2026-01-16,2026-02-15,120.00,120.00,EUR,Draft,0,
ACC-SINV-2026-00003,CUST-2,Martin SARL,2026-01-16,2026-02-15,120.00,120.00,EUR,Cancelled,0,
ACC-SINV-2026-00004,CUST-1,Dupont SA,2026-01-17,2026-01-17,-60.00,-60.00,EUR,Return,1,ACC-SINV-2026-00001
""",
        {"ACC-SINV-2026-00001": "1140.00"},
    ),
    "erpnext fr": (
        """Nom,Client,Nom du client,Date de comptabilisation,Date d'échéance,Total général,Encours,Devise,Statut
ACC-SINV-2026-00001,CUST-1,Dupont SA,15/01/2026,14/02/2026,"1200,00","1200,00",EUR,En retard
ACC-SINV-2026-00002,CUST-1,Dupont SA,16/01/2026,15/02/2026,"120,00","120,00",EUR,Brouillon
ACC-SINV-2026-00003,CUST-2,Martin SARL,16/01/2026,15/02/2026,"120,00","120,00",EUR,Annulé
""",
        {"ACC-SINV-2026-00001": "1200.00"},
    ),
    "erpnext technical": (
        """name,customer,customer_name,posting_date,due_date,grand_total,outstanding_amount,currency,docstatus,status
ACC-SINV-2026-00001,CUST-1,Dupont SA,2026-01-15,2026-02-14,1200.00,1200.00,EUR,1,Overdue
ACC-SINV-2026-00002,CUST-1,Dupont SA,2026-01-16,2026-02-15,120.00,120.00,EUR,0,Draft
ACC-SINV-2026-00003,CUST-2,Martin SARL,2026-01-16,2026-02-15,120.00,120.00,EUR,2,Cancelled
""",
        {"ACC-SINV-2026-00001": "1200.00"},
    ),
}
