"""Duplicates: which entries tell one story, and why."""
