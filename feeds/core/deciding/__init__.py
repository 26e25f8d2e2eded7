"""Deciding: what a poll found and a person wished become changes, each with its reason."""
