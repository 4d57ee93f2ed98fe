"""What a run found: sentences with places, counts of what was verified, and the verdict."""

import json
from collections import Counter
from dataclasses import dataclass, field

from index_verify.words import SENTENCES, VERDICTS, Verdict

TOLD_MAX = 20  # of one kind; the rest are counted


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: a code of words.py, and where in what was given."""

    code: str
    where: str = ""

    @property
    def verdict(self) -> Verdict:
        """What it makes the run come to."""
        return VERDICTS[self.code]

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{self.verdict.value}: {place}{SENTENCES[self.code]}"


@dataclass(slots=True)
class Report:
    """Gathers findings and counts."""

    findings: list[Finding] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    verified: Counter[str] = field(default_factory=Counter)

    def found(self, code: str, where: str = "") -> None:
        """Note a finding; KeyError for a code that words.py does not know."""
        _ = VERDICTS[code]
        self.kinds[code] += 1
        if self.kinds[code] <= TOLD_MAX:
            self.findings.append(Finding(code, where))

    @property
    def verdict(self) -> Verdict:
        """The worst finding; intact only if there is none and something was verified."""
        verdicts = {VERDICTS[code] for code in self.kinds}
        if Verdict.TAMPERED in verdicts:
            return Verdict.TAMPERED
        if Verdict.CANNOT_TELL in verdicts or not sum(self.verified.values()):
            return Verdict.CANNOT_TELL
        return Verdict.INTACT

    def lines(self) -> list[str]:
        """Return the report as sentences, the verdict last."""
        told = [str(finding) for finding in self.findings]
        for code, count in sorted(self.kinds.items()):
            if count > TOLD_MAX:
                told.append(
                    f"{VERDICTS[code].value}: {count - TOLD_MAX} more of: {SENTENCES[code]}"
                )
        counts = ", ".join(f"{count} {what}" for what, count in self.verified.items() if count)
        return [*told, f"{self.verdict.value}: {counts or 'nothing'} verified"]

    def as_json(self) -> str:
        """Return the report as one line of JSON."""
        findings = [
            {"code": each.code, "verdict": each.verdict.value, "where": each.where,
             "sentence": SENTENCES[each.code]}
            for each in self.findings
        ]  # fmt: skip
        return json.dumps(
            {
                "verdict": self.verdict.value,
                "verified": dict(self.verified),
                "kinds": dict(self.kinds),
                "findings": findings,
            },
            separators=(",", ":"),
        )
