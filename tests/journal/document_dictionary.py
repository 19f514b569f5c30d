"""How `documents.zdict` was made: `python tests/journal/document_dictionary.py FILE`.

It is what letters share: every glyph of French and English in the two weights of the layout, the structure of a letter of a house and of one
of an agency. A dictionary of another content is another format: it gets a number of its own in `packing`, and this one stays.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from relance.letters import sample
from relance.letters.context import payment_payload
from relance.letters.document import Studio
from relance.letters.wording import Templates
from relance.model import Channel, Tone

SIGNS = "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789 àâäçéèêëîïôöùûüÿœæ ÀÂÇÉÈÊËÎÏÔÙÛŒÆ €%&«»“”‘’–—…·°/()[]@+=*#:;,.!?-_"


def letters() -> list[bytes]:
    """Return the letters that the dictionary is made of."""
    found = []
    for agency, template, tone in ((False, "relance-1", Tone.COURTEOUS), (True, "premiere-lettre-agence", Tone.NEUTRAL)):
        facts = sample.facts()
        studio = Studio(Templates(), sample.writing(agency=agency))
        action = sample.action(facts, channel=Channel.LETTER, tone=tone, template=template)
        text, context = studio.text([action], facts)
        signs = replace(text, blocks=[*text.blocks, ["p", [SIGNS, ["b", [SIGNS]]]]])
        data = studio.press.data(signs, context, qr=payment_payload(context), action=action)
        found.append(studio.press.pdf(signs, data, action))
    return found


if __name__ == "__main__":
    Path(sys.argv[1]).write_bytes(b"".join(letters()))
