"""What the proofs are made of; nothing here is run by itself."""
