"""An editor's questions about a text and a place in it, answered by pure functions; `relance lsp` asks them over a protocol, others may too.

Lines and columns count from 1, in characters, as in a finding. No rule stands here: findings come from `relance.checking`, meanings from the
schemas, names of wordings from `letters.fields`, days from the play of a ladder.
"""
