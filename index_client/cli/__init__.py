"""The command line `index-client`."""
