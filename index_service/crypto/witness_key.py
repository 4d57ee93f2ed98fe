"""A witness's secret: one seed, alone in a directory of its own."""

from index_service.crypto.providers import KeyFault, KeyProvider, KeyRefused

WITNESS_NAME = "witness_ed25519.1"


def make_witness_key(provider: KeyProvider) -> None:
    """Create the seed in an empty directory; refuse beside any other key."""
    if present := provider.names():
        raise KeyRefused(KeyFault.EXISTS, present[0])
    provider.create(WITNESS_NAME)


def witness_seed(provider: KeyProvider) -> bytes:
    """Return the seed; refuse beside any other key: a log's own sealer is no witness of it."""
    strangers = [name for name in provider.names() if name != WITNESS_NAME]
    if strangers:
        raise KeyRefused(KeyFault.NAME, strangers[0])
    return provider.secret(WITNESS_NAME)
