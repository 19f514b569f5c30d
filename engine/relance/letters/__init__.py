"""The letters floor."""
