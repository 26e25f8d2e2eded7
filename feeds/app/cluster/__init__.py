"""Cluster: the processes that share the work, and how they stand."""
