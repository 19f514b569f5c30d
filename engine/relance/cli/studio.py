"""`relance studio`: write, see and decide in a browser."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from relance.cli.common import FILE, Stop, now, system_user, today
from relance.cli.defaults import project_here
from relance.sentences import reader, tell

if TYPE_CHECKING:
    from contextlib import ExitStack

    from relance.delivery.sending import Carrier
    from relance.model import Channel, Playbook
    from relance.project import Project
    from relance.studio.desk import OperatorDesk
    from relance.studio.gate import Gate


@click.command(name="studio")
@click.argument("folder", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="[FOLDER]")
@click.option("--journal", "where", envvar="RELANCE_JOURNAL", show_envvar=True, metavar="FILE|URL", help="The journal that the desk works on; without one there is only the author's side.")
@click.option("--print", "tray", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Lay letters into this folder when the desk sends; e-mails leave as `relance send` says.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen. Beyond this machine only with a certificate, or behind a proxy that is trusted.")
@click.option("--port", type=click.IntRange(1, 65535), default=8765, show_default=True, help="The port.")
@click.option("--certificate", type=FILE, metavar="FILE", help="The certificate by which browsers reach it (PEM).")
@click.option("--key", type=FILE, metavar="FILE", help="Its key (PEM).")
@click.option("--trusted-proxy", "proxies", multiple=True, metavar="ADDRESS", help="The address of a proxy that says who comes. May be repeated.")
@click.option("--user-header", default="X-Remote-User", show_default=True, metavar="NAME", help="In which header it says so.")
@click.option("--name", "names", multiple=True, metavar="HOST", help="A further name by which browsers ask for it. May be repeated.")
def command(
    folder: Path, where: str | None, tray: Path | None, host: str, port: int, certificate: Path | None, key: Path | None, proxies: tuple[str, ...], user_header: str, names: tuple[str, ...]
) -> None:
    """Open the studio on a project's FOLDER: playbooks, their days and letters; with a journal the desk of the morning too.

    The address that it prints holds a token: without it no page is served. It listens to this machine alone, unless told otherwise.
    """
    from relance.studio.gate import is_loopback
    from relance.studio.kept_view import KeptView
    from relance.studio.server import ListenAddress, serve
    from relance.studio.settings import StudioSettings
    from relance.studio.workspace import Workspace

    project = project_here(folder)
    if not is_loopback(host) and certificate is None and not proxies:
        raise Stop(tell("beyond this machine the studio wants a certificate (--certificate, --key), or a proxy that says who comes (--trusted-proxy)"))
    if (certificate is None) != (key is None):
        raise Stop(tell("--certificate and --key go together"))
    gate = _gate(project, host, proxies, user_header, names, secure=certificate is not None)
    desk = _desk(_begun(where), project, tray, folder.absolute())
    view = None if desk is None else KeptView(desk)
    settings = StudioSettings(Workspace(folder.absolute()), project, desk, now, reader(), view=view)
    scheme = "https" if certificate is not None else "http"
    address = f"{scheme}://{host}:{port}/"
    told = address if gate.proxy is not None else f"{address}?token={gate.token}"
    serve(settings, gate, ListenAddress(host, port, certificate, key), ready=lambda: click.echo(told))


def _gate(project: Project | None, host: str, proxies: tuple[str, ...], user_header: str, names: tuple[str, ...], *, secure: bool) -> Gate:
    from relance.studio.gate import Gate, Proxy, Role, User, host_names

    users: Mapping[str, frozenset[Role]] = {name: frozenset(map(Role, roles)) for name, roles in (project.users if project else {}).items()}
    if proxies and not users:
        raise Stop(tell("behind a proxy relance.yaml says who may do what: users"))
    proxy = Proxy(frozenset(proxies), user_header) if proxies else None
    name = system_user()
    user = User(name, users[name]) if name in users else User(name)
    return Gate(secrets.token_urlsafe(32), user, host_names(host, names), now, proxy, users, secure=secure)


def _begun(where: str | None) -> str | None:
    """Leave out a journal that relance.yaml names and no run has begun: until then there is only the author's side."""
    named = click.get_current_context().get_parameter_source("where") is ParameterSource.DEFAULT_MAP
    if where is None or not named or "://" in where or Path(where).exists():
        return where
    click.echo(tell("no journal has been begun at {path} yet: only the author's side is open", path=where), err=True)
    return None


def _desk(where: str | None, project: Project | None, tray: Path | None, files: Path) -> OperatorDesk | None:
    from relance.cli.send import carriers_here
    from relance.cli.witness import head_note, witnessed
    from relance.delivery.print_batches import Tray
    from relance.journal.journal import Journal, JournalError
    from relance.studio.desk import OperatorDesk

    if where is None:
        return None
    try:
        Journal.open(where, now=now, create=False).close()
    except JournalError as error:
        raise Stop(str(error)) from error
    laid = None if tray is None else Tray(tray)

    def carriers(stack: ExitStack) -> dict[Channel, Carrier]:
        return carriers_here(stack, laid)

    return OperatorDesk(where, now, today, project, _playbooks(project), carriers, lambda journal: witnessed(journal, where), head_note, files)


def _playbooks(project: Project | None) -> Mapping[str, Playbook]:
    """Read the playbooks of a project by id; what is wrong with one, `relance validate` says."""
    from relance.language import library, load_playbook

    found = {}
    for folder in project.playbooks if project is not None else ():
        for path in sorted(folder.rglob("*.yaml")):
            if not path.name.endswith(library.BESIDE):
                playbook, _ = load_playbook(path, checks=False)
                if playbook is not None:
                    found[playbook.id] = playbook
    return found
