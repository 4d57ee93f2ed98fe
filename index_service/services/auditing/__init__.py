"""Auditors' stories: what is looked for in the access log, opened, exported, counted, sampled."""
