"""Outgoing: what must be published, what was, and where a copy of it lies."""
