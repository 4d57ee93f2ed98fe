"""How each kind of case row is written and read: one file a subject, JSON arrays."""
