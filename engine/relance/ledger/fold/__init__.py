"""The fold of whole tables: the same views as `relance.ladder.observe`, row by row, in a dataframe engine."""
