"""The law floor."""
