"""Pages: what anyone may ask for, from memory."""
