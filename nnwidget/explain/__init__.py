"""What a design says in other words: as a program, and as equations. Pure functions of a design and its marks."""
