"""An index as one asks it: every operation of the contract, and pages one after the other."""

from index_client.generated.asking import AsyncOperations
from index_client.generated.asking_sync import Operations


class AsyncIndex(AsyncOperations):
    """An index, asked without blocking:

        async with AsyncIndex("https://index.northmere.example", token) as index:
            answer = await index.read_child(child_id, access=Access("safeguard", "review"))

    Raises Refused, Unreachable, Unrecorded and ReceiptWrong; nothing of them says about whom.
    """


class Index(Operations):
    """An index, asked and waited for: as AsyncIndex, without `await`."""
