"""Looking: answers for people who ask why, what if, and what is there."""
