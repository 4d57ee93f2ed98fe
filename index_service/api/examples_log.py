"""Synthetic examples of the sealed log on the wire."""

from base64 import b64encode
from typing import Any

_LEAF = "d694f49c69c81fcd6f8b0d7bdfc9d1f7f8fe53496fa9b6f31dbb45bd2c9f4c71"
_ORIGIN = "index.northmere.example/log/202600"
_HASH = b64encode(bytes.fromhex(_LEAF)).decode()
_RELEASE_ID = "0c9b7f52-6a1d-4e38-9f24-d85b3e7a6c10"
_STATED = {
    "shields": "re_entered",
    "withdrawals": "re_entered",
    "suspensions": "none_since",
}

LOG_EXAMPLES: dict[str, Any] = {
    "LogHeads": {"heads": [f"{_ORIGIN}\n104432\n{_HASH}\n\n— index.northmere.example/log AAAA\n"]},
    "LogLeaves": {"shard": 202600, "from": 104417, "leaves": [_LEAF]},
    "LogGrowth": {"origin": _ORIGIN, "from": 104416, "to": 104432, "proof": [_HASH]},
    "LogReleaseAsked": _STATED,
    "LogReleaseShown": {
        **_STATED,
        "release_id": _RELEASE_ID,
        "state": "approved",
        "follows_shard": 202600,
        "follows_size": 104432,
        "entry_id": "6f4ac7ba-31c4-449e-9b57-5c3fbc5a8c7a",
    },
}
