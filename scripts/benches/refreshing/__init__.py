"""What `scripts/bench refresh` is made of: feeds, the server that has them, and the programs that ask for them."""
