"""Keeping: copies, health and the record of who did what."""
