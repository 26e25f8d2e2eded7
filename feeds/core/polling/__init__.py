"""Polling: when a source is asked next, and by whom."""
