"""How French and English accounting software heads its columns, as data for `guess`. Refuses to know how they are compared."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: What headers say in the exports of Sage, Cegid, EBP, Pennylane, QuickBooks, Odoo and others, without accents and
#: punctuation; the first column of which a header says exactly this takes it, earlier wordings first.
WORDINGS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "id": (
        "numero facture", "numero de facture", "n facture", "no facture", "n de facture", "num facture", "facture", "invoice number", "invoice no", "invoice id",
        "invoicenumber", "invoice", "num", "numero de piece", "numero piece", "n piece", "no piece", "n de piece", "ref piece", "reference piece", "piece",
        "numero document", "numero de document", "document number", "n document", "reference facture", "facture numero", "numero", "number", "numero du document",
        "ref facture", "invoice ref", "f ref", "reference interne", "reference nbr", "ref nbr", "doc number", "document no", "num piece", "n", "ref",
        "transaction number", "reference", "id", "name", "nom",
    ),
    "debtor": (
        "code client", "code tiers", "numero client", "n client", "no client", "num client", "compte client", "compte tiers", "n compte tiers", "compte auxiliaire",
        "tiers", "customer id", "customerid", "customer number", "account number", "partner id", "id client", "identifiant client", "client code", "auxiliaire",
        "account ref", "customer code", "code du client", "s code client", "cust number", "customer no", "account a c", "n compte", "n de compte",
        "numero de compte", "numero compte", "compte", "code", "client", "customer", "partenaire", "partner",
    ),
    "debtor.name": (
        "raison sociale", "nom client", "nom du client", "nom tiers", "intitule tiers", "intitule du tiers", "intitule", "intitule client", "denomination",
        "societe", "company name", "company", "customer name", "customer full name", "partner name", "nom d affichage du partenaire de la facture",
        "invoice partner display name", "libelle auxiliaire", "s nom", "third party name", "nom du tiers", "nom ou raison sociale", "raison sociale du client",
        "client name", "name customer", "organisation", "organization", "libelle tiers", "libelle client", "intitule du compte", "intitule compte",
        "libelle du compte", "libelle compte", "nom", "client", "customer", "partenaire", "name", "tiers",
    ),
    "type": (
        "type de piece", "type piece", "type de document", "type document", "transaction type", "type de transaction", "type d operation", "type operation",
        "type d ecriture", "move type", "f type", "type de facture", "invoice type", "nature", "nature piece", "document type", "type",
    ),
    "issued": (
        "date facture", "date de facture", "date de facturation", "date facturation", "date d emission", "date emission", "emission", "invoice date", "invoicedate",
        "date de piece", "date piece", "date document", "date du document", "date de la facture", "transaction date", "invoice bill date", "posting date",
        "issue date", "issued on", "billing date", "date de comptabilisation", "date comptable", "date de creation", "date creation", "creation date", "f datef",
        "datef", "document create date", "date saisie", "date ecriture", "date",
    ),
    "due": (
        "date d echeance", "date echeance", "echeance", "date de echeance", "due date", "duedate", "invoice date due", "date limite de paiement", "date limite",
        "a payer le", "date d exigibilite", "date de paiement prevue", "deadline", "date limite de reglement", "date lim reglement", "f date lim reglement",
        "payment due on", "payment due date", "payment due", "due on", "due in date", "net due date", "date butoir", "date ech", "ech",
    ),
    "amount": (
        "montant ttc", "total ttc", "ttc", "montant total ttc", "montant facture", "montant de la facture", "invoice amount", "invoiceamount", "total signe",
        "total signed", "amount total", "grand total", "gross amount", "total amount", "amount incl vat", "amount incl tax", "total inc tax", "total incl tax",
        "total incl vat", "total inc vat", "total including tax", "f total ttc", "total general", "montant ttc signe", "montant en devise signe",
        "total in currency signed", "amount total in currency signed", "total gross", "total open amount", "amount total signed", "total en devise signe",
        "montant total", "net a payer", "total", "montant", "amount",
    ),
    "debit": ("debit", "montant debit", "debit eur", "debit en euros"),
    "credit": ("credit", "montant credit", "credit eur", "credit en euros"),
    "open": (
        "reste a payer", "reste du", "reste a regler", "restant du", "solde du", "montant du", "montant restant", "montant restant du", "restant a payer",
        "open balance", "amount due", "montant du signe", "amount residual", "balance due", "outstanding amount", "amount due signed", "remaining amount",
        "remaining unpaid", "left to pay", "amount residual signed", "montant en suspens", "montant restant a payer", "reste a encaisser", "solde restant",
        "amount outstanding", "unpaid amount", "outstanding", "remaining", "solde", "balance", "encours",
    ),
    "paid": (
        "montant regle", "deja regle", "montant paye", "total regle", "regle", "paye", "amount paid", "paid amount", "montant deja regle", "deja paye",
        "amount received", "montant recu", "total paid", "encaisse", "montant encaisse", "acompte", "acomptes",
    ),
    "settled": (
        "date reglement", "date de reglement", "date paiement", "date de paiement", "date encaissement", "date d encaissement", "regle le", "paye le",
        "settled date", "settleddate", "payment date", "paid date", "date paid", "clear date", "clearing date", "closed date", "date de solde",
    ),
    "performed": (
        "date de prestation", "date d'execution", "date de realisation", "date de fin de travaux", "date de reception des travaux", "execute le",
        "realise le", "performed on", "performed", "service date", "date of service", "completion date",
    ),
    "assignor": ("cedant", "creancier cedant", "creancier d'origine", "assignor", "original creditor"),
    "assigned_on": ("date de cession", "cede le", "assigned on", "assignment date"),
    "assignment_told": ("cession notifiee le", "date de notification de la cession", "assignment notified on"),
    "placed": ("date de remise", "date de remise du dossier", "remis le", "confie le", "date de prise en charge", "placed", "placed on", "placement date", "date placed"),
    "delivered": ("date de livraison", "date livraison", "livre le", "delivery date", "delivered on", "delivered"),
    "currency": (
        "devise", "currency", "code devise", "monnaie", "currency code", "currency id", "invoice currency", "devise de la facture", "devise facture",
    ),
    "disputed": ("litige", "en litige", "disputed", "conteste", "contestee", "dispute"),
    "creditor": ("creancier", "code creancier", "creditor", "dossier", "entite", "etablissement"),
    "document": (
        "facture d origine", "facture origine", "origine", "original invoice", "avoir sur", "piece d origine", "return against", "reversal of", "reversed entry",
        "facture liee", "facture corrigee", "extourne de",
    ),
    "debtor.siren": (
        "siren", "siret", "n siret", "n siren", "numero siret", "numero siren", "identifiant siren", "s siren", "s siret", "siren client", "siret client",
        "siren du client", "n de siret", "n de siren", "siren siret",
    ),
    "debtor.email": (
        "email", "e mail", "mail", "courriel", "adresse email", "adresse e mail", "adresse mail", "email client", "email address", "customer email",
        "email du client", "e mail du client", "adresse de courriel", "contact email", "s email",
    ),
    "debtor.phone": ("telephone", "tel", "telephone 1", "phone", "mobile", "portable", "phone number", "n telephone"),
    "debtor.address": ("adresse", "adresse 1", "adresse de facturation", "adresse facturation", "rue", "street", "address", "billing address", "adresse client", "billing street"),
    "debtor.postcode": ("code postal", "cp", "zip", "zip code", "postal code", "billing zip"),
    "debtor.city": ("ville", "city", "localite", "billing city"),
    "debtor.country": ("pays", "country", "code pays", "country code"),
    "debtor.language": ("langue", "language"),
})  # fmt: skip
