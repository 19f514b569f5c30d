"""The journal floor: what happened, append-only and chained, on SQLite or PostgreSQL. Imports nothing that decides."""
