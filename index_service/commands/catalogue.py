"""Prints the catalogue of problem codes: `python -m index_service.commands.catalogue`."""

from index_service.api.problems import render_catalogue


def main() -> None:
    """Write the page to standard output."""
    print(render_catalogue(), end="")


if __name__ == "__main__":
    main()
