"""Noticing misuse: explanations first, then rules, then comparison with peers. No I/O."""
