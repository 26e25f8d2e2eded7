"""Sorting: which categories an entry has and which channels want it."""
