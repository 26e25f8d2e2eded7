"""Desk: what people decide and see once they signed in."""
