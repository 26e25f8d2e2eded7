"""Parts of the bench `cluster`."""
