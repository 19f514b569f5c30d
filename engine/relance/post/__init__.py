"""The post floor."""
