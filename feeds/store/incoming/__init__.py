"""Incoming: sources, entries and stories, as polls write and readers ask for them."""
