"""The report floor: answers into pages, tables and files."""
