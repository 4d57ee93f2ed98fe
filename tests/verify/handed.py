"""One case handed to both verifiers: as files to index_verify, as it is to the second."""

from pathlib import Path

from index_verify.checking import Given, check
from index_verify.findings import Report
from index_verify.policy import Policy
from index_verify.proving import check_inclusion
from tests.verify.second import Case


def by_index_verify(case: Case, place: Path, state: bytes | None = None) -> Report:
    """Return what index_verify says of a case, inclusion proofs with the rest."""
    policy = Policy.of(case.policy)
    report = check(given(case, place, state), policy)
    for leaf, text in case.inclusions:
        for code in check_inclusion(text, leaf, policy).kinds:
            report.found(code)
    return report


def given(case: Case, place: Path, state: bytes | None = None) -> Given:
    """Write a case into a folder and return it as index_verify is given it."""
    return Given(
        exports=_written(place, "export", case.exports),
        openings=_written(place, "openings", case.openings),
        heads=_written(place, "head", [head.encode() for head in case.heads]),
        consistency=_written(place, "growth", [text.encode() for text in case.growths]),
        receipts=tuple(case.receipts),
        tiles=None if case.tiles is None else _written(place, "tiles", [case.tiles])[0],
        state=None if state is None else _written(place, "state", [state])[0],
    )


def _written(place: Path, name: str, texts: list[bytes]) -> tuple[Path, ...]:
    paths = []
    for number, text in enumerate(texts):
        path = place / f"{name}-{number}"
        path.write_bytes(text)
        paths.append(path)
    return tuple(paths)
