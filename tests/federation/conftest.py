"""What every story between authorities begins with: a region that runs."""

from tests.federation.direct import office
from tests.region import founded_region, region

__all__ = ["founded_region", "office", "region"]
