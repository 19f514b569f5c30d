"""The ladder floor."""
