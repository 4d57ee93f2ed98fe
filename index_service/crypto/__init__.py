"""Keys, sealing, digests and sealed pointers: bytes in, bytes out, no SQL."""
