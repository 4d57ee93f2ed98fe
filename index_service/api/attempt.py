"""Moved: index_service.services.attempt."""

from index_service.services.attempt import SCOPE_KEY, UNMATCHED, Attempt

__all__ = ["SCOPE_KEY", "UNMATCHED", "Attempt"]
