"""Database: one language for a file and a server, how it is opened, moved and divided."""
