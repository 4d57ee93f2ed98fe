"""The long forms of what the suite shows in short: `python3 dev.py prove NAME`."""
