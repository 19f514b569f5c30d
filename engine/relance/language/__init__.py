"""The language floor."""
