"""How French and English accounting software heads its columns, as data for `guess`. Refuses to know how they are compared."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: What headers say in the exports of Sage, Cegid, EBP, Pennylane, QuickBooks, Odoo and others, without accents and
#: punctuation; the first column of which a header says exactly this takes it, earlier wordings first.
WORDINGS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "id": (
        "numero facture", "numero de facture", "n facture", "no facture", "n de facture", "num facture", "facture", "invoice number", "invoice no",
        "invoice id", "invoicenumber", "invoice", "num", "numero de piece", "numero piece", "n piece", "no piece", "n de piece", "ref piece", "reference piece",
        "piece", "numero document", "numero de document", "document number", "n document", "reference facture", "facture numero", "numero", "number",
        "transaction number", "reference", "id",
    ),
    "debtor": (
        "code client", "code tiers", "numero client", "n client", "no client", "num client", "compte client", "compte tiers", "n compte tiers",
        "compte auxiliaire", "tiers", "customer id", "customerid", "customer number", "account number", "partner id", "id client", "identifiant client",
        "client code", "n compte", "n de compte", "numero de compte", "numero compte", "compte", "code", "client", "customer", "partenaire", "partner",
    ),
    "debtor.name": (
        "raison sociale", "nom client", "nom du client", "nom tiers", "intitule tiers", "intitule du tiers", "intitule", "intitule client", "denomination", "societe",
        "company name", "company", "customer name", "customer full name", "partner name", "nom d affichage du partenaire de la facture", "invoice partner display name",
        "libelle tiers", "libelle client", "intitule du compte", "intitule compte", "libelle du compte", "libelle compte", "nom", "client", "customer", "partenaire", "name",
    ),
    "type": ("type de piece", "type piece", "type de document", "type document", "transaction type", "type de transaction", "nature", "nature piece", "document type", "type"),
    "issued": (
        "date facture", "date de facture", "date de facturation", "date facturation", "date d emission", "date emission", "emission", "invoice date",
        "invoicedate", "date de piece", "date piece", "date document", "date du document", "date de la facture", "transaction date", "date ecriture", "date",
    ),
    "due": (
        "date d echeance", "date echeance", "echeance", "date de echeance", "due date", "duedate", "invoice date due", "date limite de paiement", "date limite",
        "a payer le", "date d exigibilite", "date de paiement prevue",
    ),
    "amount": (
        "montant ttc", "total ttc", "ttc", "montant total ttc", "montant facture", "montant de la facture", "invoice amount", "invoiceamount", "total signe",
        "amount total signed", "total en devise signe", "montant total", "net a payer", "total", "montant", "amount", "debit",
    ),
    "open": (
        "reste a payer", "reste du", "reste a regler", "restant du", "solde du", "montant du", "montant restant", "montant restant du", "restant a payer",
        "open balance", "amount due", "montant du signe", "amount residual", "balance due", "solde", "balance", "encours",
    ),
    "paid": ("montant regle", "deja regle", "montant paye", "total regle", "regle", "paye", "amount paid", "encaisse", "montant encaisse", "acompte", "acomptes"),
    "settled": (
        "date reglement", "date de reglement", "date paiement", "date de paiement", "date encaissement", "date d encaissement", "regle le", "paye le",
        "settled date", "settleddate", "payment date", "paid date", "date paid",
    ),
    "performed": (
        "date de prestation", "date d'execution", "date de realisation", "date de fin de travaux", "date de reception des travaux", "execute le",
        "realise le", "performed on", "performed", "service date", "date of service", "completion date",
    ),
    "delivered": ("date de livraison", "date livraison", "livre le", "delivery date", "delivered on", "delivered"),
    "currency": ("devise", "currency", "code devise", "monnaie", "currency code"),
    "disputed": ("litige", "en litige", "disputed", "conteste", "contestee", "dispute"),
    "creditor": ("creancier", "code creancier", "creditor", "dossier", "entite", "etablissement"),
    "document": ("facture d origine", "facture origine", "origine", "original invoice", "avoir sur", "piece d origine"),
    "debtor.siren": ("siren", "siret", "n siret", "n siren", "numero siret", "numero siren", "identifiant siren"),
    "debtor.email": ("email", "e mail", "mail", "courriel", "adresse email", "adresse e mail", "adresse mail", "email client", "email address"),
    "debtor.phone": ("telephone", "tel", "telephone 1", "phone", "mobile", "portable", "phone number", "n telephone"),
    "debtor.address": ("adresse", "adresse 1", "adresse de facturation", "adresse facturation", "rue", "street", "address", "billing address", "adresse client", "billing street"),
    "debtor.postcode": ("code postal", "cp", "zip", "zip code", "postal code", "billing zip"),
    "debtor.city": ("ville", "city", "localite", "billing city"),
    "debtor.country": ("pays", "country", "code pays", "country code"),
    "debtor.language": ("langue", "language"),
})  # fmt: skip
