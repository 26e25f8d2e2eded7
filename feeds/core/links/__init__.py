"""Links: when two addresses are one, what only follows readers, what a relative one means."""
