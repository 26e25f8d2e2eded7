"""Decoding: bytes and what they say of themselves become clean text."""
