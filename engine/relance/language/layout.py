"""How a file is laid out: indented alike, with its comments, order and quotes (`ruamel.yaml` reads and writes what YAML throws away).

The meaning is held against the strict reader's, before and after: where they differ, nothing is laid out.
"""

from __future__ import annotations

import re
from io import StringIO

from relance.language import source

#: How wide a folded text is filled. A file without one has no line broken for its length: that would part a text in a flow mapping between two words.
_WIDE, _ENDLESS = 160, 1 << 20
_FOLDED = re.compile(r": >[-+]?[ ]*$", re.MULTILINE)


def relaid(text: str) -> str | None:
    """Return a file's text laid out; None where it cannot be read, or would not mean the same."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    before, findings = source.read(text, "")
    if before is None or findings:
        return None
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = _WIDE if _FOLDED.search(text) else _ENDLESS
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = StringIO()
    try:
        yaml.dump(yaml.load(text), stream)
    except YAMLError:
        return None
    made = "\n".join(line.rstrip() for line in stream.getvalue().split("\n"))
    after, findings = source.read(made, "")
    return made if after is not None and not findings and after.value == before.value else None
