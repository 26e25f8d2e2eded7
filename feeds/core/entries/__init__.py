"""Entries: what a source sent becomes what we keep, cleaned, dated and named."""
