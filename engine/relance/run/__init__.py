"""The run floor: one morning, over a journal or over tables."""
