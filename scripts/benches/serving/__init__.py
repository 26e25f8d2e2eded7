"""Parts of the bench `serve`."""
