"""What the command line says when it can't do as asked, and the status it leaves with."""

from collections.abc import Sequence

from index_client.errors import IndexFault, ReceiptWrong, Refused, Unreachable, Unrecorded

DONE = 0
REFUSED = 1  # by the index or the identity provider; or an answer not to be relied on
ASKED_WRONGLY = 2  # nothing was asked
NO_ANSWER = 3  # nobody knows: ask again


class Wrong(Exception):  # noqa: N818 (what was typed is at fault)
    """What was asked for can't be asked: sentences of ours, with nothing of what was typed."""

    def __init__(self, *sentences: str) -> None:
        """Take what to say, a line each."""
        super().__init__(*sentences)
        self.sentences: Sequence[str] = sentences


class LoginRefused(Exception):  # noqa: N818 (the identity provider's answer)
    """The identity provider gave no token; the message is ours."""


def told(fault: IndexFault) -> tuple[int, list[str]]:
    """Return the status to leave with, and what to say."""
    if isinstance(fault, Refused):
        return REFUSED, _refusal(fault)
    if isinstance(fault, ReceiptWrong):
        return REFUSED, [f"Do not rely on this answer: {fault}. Tell the management team."]
    if isinstance(fault, Unrecorded):
        return NO_ANSWER, ["The index could not record the request, and told nothing. Ask again."]
    said = ["The index cannot be reached."]
    if isinstance(fault, Unreachable) and fault.sent:
        said.append("It may have had the request: then it stands in the access log.")
    return NO_ANSWER, said


def _refusal(refused: Refused) -> list[str]:
    said = [f"Refused ({refused.code}): {refused.title or refused.status}."]
    if refused.detail:
        said.append(refused.detail)
    said += [f"{field}: {code}" for field, code in refused.fields]
    if refused.code == "not_authenticated":
        said.append("Log in again: index-client login")
    return said
