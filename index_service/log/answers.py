"""Reads what another machine answered, whole and within a bound."""

import aiohttp


async def answered(answer: aiohttp.ClientResponse, length_max: int) -> str:
    """Return a body's text, cut off past the bound: what was cut is no note and no number."""
    whole = b""
    async for part in answer.content.iter_any():
        whole += part
        if len(whole) > length_max:
            break
    return whole[: length_max + 1].decode("utf-8", "replace")
