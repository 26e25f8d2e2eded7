"""The parts of the bench `conformance`: right answers, what each reader says, and the comparison of the two."""
