"""What is written from the contract, and never by hand."""
