"""The interpreter: playbook and facts in, decisions and actions out. Pure: no YAML, file, clock or table comes in here."""

from relance.interpreter.compiled import CompiledPlaybook, compile_playbook
from relance.interpreter.debtor import Look, look
from relance.interpreter.decision import decide
from relance.interpreter.reasons import say
from relance.interpreter.snapshot import Snapshot
from relance.interpreter.view import observe

__all__ = ["CompiledPlaybook", "Look", "Snapshot", "compile_playbook", "decide", "look", "observe", "say"]
