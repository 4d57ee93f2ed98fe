"""What a family name looks to be of: the same groups that rates of alerts are told by."""

from index_service.domain.misuse.origins import LOOKS, OTHER, origin_of

__all__ = ["LOOKS", "OTHER", "origin_of"]
