"""What an install may leave out, and what to say to whoever needs it then: `pip install 'relance[tables]'`."""

from __future__ import annotations

from importlib.util import find_spec

from relance.sentences import marked, sentence

#: A module that an extra brings → the extra's name and what it is needed for.
EXTRAS = {
    "polars": ("tables", marked("tables, forecasts and Parquet need Polars")),
    "narwhals": ("tables", marked("tables, forecasts and Parquet need Narwhals")),
    "psycopg": ("postgres", marked("PostgreSQL needs its driver")),
    "duckdb": ("duckdb", marked("--engine duckdb needs DuckDB")),
    "nicegui": ("studio", marked("the studio needs NiceGUI")),
    "pygls": ("lsp", marked("relance lsp needs pygls")),
    "rfc3161_client": ("timestamps", marked("time-stamps by RFC 3161 need rfc3161-client")),
    "lsprotocol": ("lsp", marked("relance lsp needs pygls")),
    "phonenumbers": ("sms", marked("text messages need phonenumberslite, which knows the mobile numbers")),
    "pyspark": ("spark", marked("--engine spark needs PySpark")),
}


def has_tables() -> bool:
    """Say whether whole tables can be decided here."""
    return find_spec("polars") is not None and find_spec("narwhals") is not None


def missing(error: ImportError) -> str | None:
    """Say which extra would bring the module that was not found, or None where none does."""
    extra, why = EXTRAS.get((error.name or "").partition(".")[0], ("", ""))
    return sentence("{why}: pip install 'relance[{extra}]'", why=sentence(why), extra=extra) if extra else None
