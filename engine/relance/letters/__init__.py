"""The letters floor: actions into documents, by what the interpreter says of their case."""
