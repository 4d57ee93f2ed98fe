"""Misuse stories: facts around accesses, the run that judges them, marks, the worklist."""
