"""The fold of whole tables: the same views as `relance.interpreter.view`, row by row, in a dataframe engine."""
