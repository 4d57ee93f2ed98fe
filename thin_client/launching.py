"""Where a case system's link arrives: believed or not, before anybody is asked who they are."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from thin_client.asking import House
from thin_client.id_token import NotBelieved


@dataclass(frozen=True, slots=True)
class Launching:
    """Takes links for one house."""

    house: House

    async def arrive(self, request: Request) -> Response:
        """Take a link, and lead to a page of ours that wants a sign-in and a reason.

        It leads nowhere else, and the link itself stays behind, used up.
        """
        if request.method != "GET":
            return Response(status_code=405, headers={"Allow": "GET"})
        try:
            waiting = self.house.launches.believed(request.query_params.get("link", ""))
        except NotBelieved:
            return self._refused(request)
        return RedirectResponse(f"/launched/{waiting}", 303)

    def _refused(self, request: Request) -> Response:
        return self.house.page_for_nobody(request, "launching/refused.html", {}, 400)
