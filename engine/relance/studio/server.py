"""The studio as a server: its pages behind the gate, on one address, until it is stopped.

Owns the start: which address, with which certificate, and that nothing is served without the gate. Reads no clock and no
environment: whoever starts it says what time it is and who is at work.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any

from nicegui import app, ui
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse

from relance.sentences import LANGUAGES
from relance.studio import author_page, case_page, desk_page, documents, portfolio_page, run_page
from relance.studio.frame import own_assets_only
from relance.studio.gate import Door, Gate
from relance.studio.kept_view import pass_over_what_stays
from relance.studio.letter_words import read_the_dictionary
from relance.studio.settings import StudioSettings

_MONTH = 30 * 24 * 3600


@dataclass(frozen=True, slots=True)
class ListenAddress:
    """Where the studio listens, and by which certificate (files of the chain and the key) it is reached, where it is not only this machine."""

    host: str = "127.0.0.1"
    port: int = 8765
    certificate: Path | None = None
    key: Path | None = None

    def tls(self) -> Mapping[str, Any]:
        """Return what the server wants to know of the certificate."""
        return {} if self.certificate is None else {"ssl_certfile": str(self.certificate), "ssl_keyfile": None if self.key is None else str(self.key)}


def serve(studio: StudioSettings, gate: Gate, address: ListenAddress, *, ready: Callable[[], None]) -> None:
    """Serve until stopped; `ready` is called once browsers may come."""
    own_assets_only()
    logging.getLogger("uvicorn.error").addFilter(was_waited_for)
    pages(studio)
    app.user_middleware.insert(0, Middleware(Door, gate))
    app.on_startup(pass_over_what_stays)
    app.on_startup(ready)
    app.on_startup(lambda: Thread(target=read_the_dictionary, daemon=True).start())
    ui.run(
        host=address.host, port=address.port, title="relance", reload=False, show=False, show_welcome_message=False, language="fr", dark=None, favicon="📄",
        reconnect_timeout=10, uvicorn_logging_level="warning", access_log=False, **address.tls(),
    )  # fmt: skip


def was_waited_for(record: logging.LogRecord) -> bool:
    """Leave out of the log the trace of a browser that went to another page before its answer was there: nothing failed."""
    fault = record.exc_info[1] if record.exc_info else None
    return not (isinstance(fault, RuntimeError) and str(fault) == "No response returned.")


def pages(studio: StudioSettings) -> None:
    """Say which address is which page."""

    @ui.page("/")
    def first() -> RedirectResponse:
        return RedirectResponse("/desk" if studio.desk is not None else "/write")

    @app.get("/language/{name}")
    def language(name: str, to: str = "/") -> RedirectResponse:
        answer = RedirectResponse(to if to.startswith("/") and not to.startswith("//") else "/", status_code=303)
        if name in LANGUAGES:
            answer.set_cookie("relance-language", name, max_age=_MONTH * 12, samesite="strict", httponly=True)
        return answer

    author_page.serve(studio)
    desk_page.serve(studio)
    case_page.serve(studio)
    portfolio_page.serve(studio)
    run_page.serve(studio)
    documents.serve(studio.shelf)
