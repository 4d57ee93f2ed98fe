"""Prints the JSON Schema of a feed line: `python -m index_service.commands.feed_schema`."""

import json

from index_service.feeds.schema import line_schema


def main() -> None:
    """Write the schema to standard output, as openapi/feed-line.json holds it."""
    print(json.dumps(line_schema(), indent=2))


if __name__ == "__main__":
    main()
