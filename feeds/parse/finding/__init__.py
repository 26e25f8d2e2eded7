"""Finding: where the feed of a page is, and what came in its place."""
