"""The ladder floor: playbook and facts in, decisions and actions out. Pure: no YAML, file, clock or table comes in here."""

from relance.ladder.decide import decide
from relance.ladder.footprint import Footprint, footprint
from relance.ladder.look import Look, look
from relance.ladder.observe import observe
from relance.ladder.preview import Timeline, preview
from relance.ladder.reasons import say
from relance.ladder.today import Today, cases

__all__ = ["Footprint", "Look", "Timeline", "Today", "cases", "decide", "footprint", "look", "observe", "preview", "say"]
