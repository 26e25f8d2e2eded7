"""The only place that picks parts."""
