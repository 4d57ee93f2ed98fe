"""`contract`: print the API's contract as the code has it, to compare with the reviewed one."""

import argparse
import json
import sys
from typing import Any

from index_service.api.app import contract_of_code
from index_service.api.problems import render_catalogue


def mount(nouns: Any) -> None:
    """Add the command to the parser."""
    noun = nouns.add_parser("contract", help="print what the code says of itself")
    noun.add_argument("what", choices=("openapi", "errors"))
    noun.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """Print the OpenAPI document as JSON, or the page of problem codes."""
    if chosen.what == "errors":
        sys.stdout.write(render_catalogue())
    else:
        json.dump(contract_of_code(), sys.stdout, indent=2, sort_keys=False)
        sys.stdout.write("\n")
    return 0
