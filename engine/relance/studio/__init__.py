"""The studio: write, see and decide in a browser. Pages over the same functions that commands print; decides nothing, and imports no command."""
