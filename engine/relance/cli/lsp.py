"""`relance lsp`: the language server that an editor starts, over standard input and output."""

from __future__ import annotations

import sys
from datetime import date
from typing import BinaryIO, cast

import click

from relance.cli.common import DAY, now
from relance.sentences import reader


@click.command(name="lsp")
@click.option("--due", type=DAY, help="Due date of the example invoice that days are shown for; today by default.")
@click.option("--stdio", is_flag=True, hidden=True)
def command(due: date | None, *, stdio: bool) -> None:  # noqa: ARG001 - some clients say it, and there is nothing else
    """Serve an editor: findings as one types, completion, hover, quick fixes, renaming. The editor starts it; docs/editor.md shows how.

    It needs `pip install 'relance[lsp]'`.
    """
    from importlib.metadata import version

    from relance.editor.example import ExampleInvoice
    from relance.editor.server import EditorSettings, serve

    serve(EditorSettings(reader(), ExampleInvoice(due or now().date())), version("relance"), *_pipes())


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """Return what the editor writes and what it reads, as bytes."""
    return cast("BinaryIO", getattr(sys.__stdin__, "buffer", None)), cast("BinaryIO", getattr(sys.__stdout__, "buffer", None))
