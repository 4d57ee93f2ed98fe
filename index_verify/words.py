"""Every finding there is: its code, its verdict and its sentence. Nothing read is ever echoed."""

from enum import StrEnum


class Verdict(StrEnum):
    """What a run comes to; the worst of its findings."""

    INTACT = "intact"
    TAMPERED = "tampered"
    CANNOT_TELL = "cannot_tell"


EXIT = {Verdict.INTACT: 0, Verdict.TAMPERED: 1, Verdict.CANNOT_TELL: 2}

_TAMPERED = {
    "export_empty": "The export is empty: it was cut.",
    "export_header": "The first line is not that of an export of this format.",
    "export_csa": "The export is of another authority than the policy.",
    "export_origin": "The export is of another log than the policy.",
    "export_line": "A line is not of the form of a leaf.",
    "export_order": "A line's index is not the next one: lines were dropped, added or reordered.",
    "export_cut": "The export does not end with its last line: it was cut, or added to.",
    "export_after_end": "Lines stand behind the last line.",
    "export_count": "The last line counts other lines than stand there.",
    "export_size": "The export has another number of leaves than its head.",
    "root": "The leaves do not give the root that the head signs.",
    "head_form": "A head is not of its form.",
    "head_origin": "A head is of another log than the policy or the export.",
    "head_unsigned": "A head lacks one of the log's two signatures: it is no head.",
    "head_signature": "A signature under a head does not hold.",
    "head_repeated": "A key signed a head twice: lines were added.",
    "head_cosignature": "A witness's cosignature under a head does not hold.",
    "opening_leaf": "An opening does not give its leaf: entry, blind or leaf was changed.",
    "opening_form": "An entry is not in its canonical form.",
    "opening_csa": "An entry is of another authority.",
    "opening_padding": "Padding names another place than it stands at.",
    "gone_broken": "The log says of an entry that it was altered: what stands behind its leaf does"
    " not open.",
    "begun_unapproved": "A year's tree was begun anew with something else than the approval of it.",
    "opening_elsewhere": "An opening's leaf is not the one that stands at its index.",
    "receipt_form": "A receipt is not of its form.",
    "receipt_signature": "A receipt's signature does not hold.",
    "receipt_entry": "A receipt names another entry than the opening of its leaf.",
    "receipt_suppressed": "Suppression is proven: a receipt is past its deadline and its leaf is in"
    " no tree.",
    "fork": "Two signed heads of one size differ: the log was forked.",
    "rollback": "A head is newer than the log that was shown: an older log was put in its place.",
    "head_not_in_log": "A signed head is not a beginning of the log that was shown: a fork.",
    "consistency_form": "A consistency proof is not of its form.",
    "consistency": "A consistency proof does not hold between the two heads.",
    "proof_form": "An inclusion proof is not of its form.",
    "proof_path": "An inclusion proof does not lead from the leaf to the root that is signed.",
    "tile_form": "A line is not of the form of a tile.",
    "tile": "A stored tile is not what the leaves give.",
    "tile_twice": "A tile stands there twice.",
    "state_form": "A line is not of the form of a row's state.",
    "state": "A row is not as the last entry that names it left it.",
    "state_between": "An entry found a row otherwise than the entry before had left it: it was"
    " changed, or put back, in between.",
    "state_older": "A row stands as an entry before the last one left it: it was put back.",
    "state_twice": "A row's reference stands there twice.",
    "live_form": "An answer of the log is not of its form.",
    "dropped_early": "The log says that a year is dropped which must still be there.",
}

_CANNOT_TELL = {
    "unreadable": "Something to be read cannot be read.",
    "policy_form": "The policy file is not of its form.",
    "nothing": "No leaf was verified: nothing is shown either way.",
    "quorum": "A head has fewer cosignatures than the policy's quorum: it may have been shown to"
    " you alone.",
    "openings_alone": "Openings leave leaves out, and no export of hashes of this log is beside"
    " them.",
    "unopened": "Lines of an export of openings open nothing and do not say why: what they stand"
    " for was left out.",
    "gone_missing": "The log says of an entry that it no longer holds it: it was erased.",
    "gone_year": "The log says of an entry that the keys of its year are destroyed.",
    "begun_anew": "A year's tree was begun anew, and its first leaf is not opened: whether that was"
    " approved is not shown.",
    "head_ahead": "A head given is newer than the log shown, and proven to begin with it: what"
    " came after is not shown.",
    "consistency_apart": "A consistency proof is between heads that are not here.",
    "two_sizes": "Two heads of different sizes need a consistency proof.",
    "two_logs": "The two heads are of different logs or years.",
    "receipt_early": "A receipt's leaf is not there; no head shown is of after its deadline.",
    "receipt_years": "A receipt's leaf is not there; not every tree of the years it may stand in"
    " is shown.",
    "receipt_nowhere": "The receipt is genuine; no log was given to look for its leaf in.",
    "tile_beyond": "A tile is beyond the leaves that were shown.",
    "tile_missing": "Tiles that the leaves give are not there.",
    "state_unnamed": "No entry that was opened names this row.",
    "state_unopened": "Entries are not opened that may name a row: how it was left is not known.",
    "state_begins": "What a row was before the log shown is not known: exports of the year before"
    " are not here.",
    "state_early": "The log shown ends less than a minute after the rows were read: what left a row"
    " so may be missing.",
    "state_gone": "Rows that entries name are not there: destroyed, or removed.",
    "state_nothing": "No row stands in what was given as state.",
    "since_dropped": "The year of a head that was seen last is dropped: that it grew from there is"
    " not shown.",
    "receipt_dropped": "The receipt is genuine; the log says that the years its leaf may stand in"
    " are dropped.",
    "since_elsewhere": "The log shows no head of the year of a head that was seen last.",
    "live_address": "The log's address is neither https nor on this machine.",
    "live_unreachable": "The log cannot be asked.",
    "live_refused": "The log refused to answer.",
    "live_no_heads": "The log has no head to show.",
    "live_withheld": "The log withholds leaves that its head counts.",
}

VERDICTS = dict.fromkeys(_TAMPERED, Verdict.TAMPERED) | dict.fromkeys(
    _CANNOT_TELL, Verdict.CANNOT_TELL
)
SENTENCES = _TAMPERED | _CANNOT_TELL
