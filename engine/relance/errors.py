"""The base of every error that relance raises itself. What a user wrote wrong is no error but a value: a `Diagnostic`."""

from __future__ import annotations


class RelanceError(Exception):
    """Something relance cannot do, said in a sentence for the person who asked for it."""
