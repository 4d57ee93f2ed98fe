"""Verifies the access log without the service: the standard library and `cryptography` alone.

Written from docs/log-format.md and nothing else. It imports none of the service's code, so that
a fault there cannot hide itself here.
"""
