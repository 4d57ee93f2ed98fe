"""Writes openapi/*.yaml from the code, for review, and from it the client's generated part:

python -m tests.contract.rewrite
"""

from typing import Any

import yaml

from index_service.api.app import contract_of_code
from index_service.api.peer_contract import peer_contract
from index_service.api.region_contract import region_contract
from tests.contract.client import rewrite
from tests.contract.reading import FILE, PEER_FILE, REGION_FILE, reviewed


class Plain(yaml.SafeDumper):
    """Writes no anchors: each part of the contract reads by itself."""

    def ignore_aliases(self, data: Any) -> bool:
        """Never refer back to an equal part."""
        return True


def written(document: dict[str, Any]) -> str:
    """Return the document as YAML, in its own order."""
    head = "# The reviewed contract. A change begins here; tests hold the code to it.\n"
    return head + yaml.dump(document, Dumper=Plain, sort_keys=False, allow_unicode=True, width=98)


if __name__ == "__main__":
    FILE.write_text(written(contract_of_code()), "utf-8")
    PEER_FILE.write_text(written(peer_contract()), "utf-8")
    REGION_FILE.write_text(written(region_contract()), "utf-8")
    rewrite(reviewed())
