"""Lookups across boroughs: the directory, signed messages, what members say to each other."""
