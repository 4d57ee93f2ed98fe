"""`python -m index_verify`: the same as the command `index-verify`."""

from index_verify.cli import main

main()
