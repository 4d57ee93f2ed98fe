"""The contract's operations as methods: every operation.

Written from openapi/index.yaml by `python -m tests.contract.rewrite`; never by hand.
"""

from typing import Literal

from index_client.access import Access
from index_client.answers import Answer
from index_client.generated import types as t
from index_client.line import Line
from index_client.questions import Question, new_key


class Operations(Line):
    """Asks the index: one method for each operation of the contract."""

    def look_up_child(self, body: t.RegionLookupAsked, *, access: Access) -> Answer[t.LookupAnswer]:
        """Find the child meant, who works with them, and whom to ring.

        Answer one question. `none` and `too_many` still say how complete this is.
        """
        question = Question("POST", "/v1/lookups", body=body, access=access, mediated=True)
        return self._ask(question)

    def look_up_children(
        self, body: t.BatchAsked, *, mediation: str | None = None
    ) -> Answer[t.BatchAnswer]:
        """Ask about up to 400 children, each with its own reason and entry.

        Answer each question as if it were asked alone; a bad one spoils no other.
        """
        question = Question(
            "POST", "/v1/lookups/batch", body=body, mediation=mediation, receipts_in="answers"
        )
        return self._ask(question)

    def create_child(
        self, body: t.ChildFacts, *, access: Access, idempotency_key: str | None = None
    ) -> Answer[t.Made]:
        """Record a child who is not yet on the index.

        Record a child; the answer is the same whatever else the index holds.
        """
        question = Question(
            "POST",
            "/v1/children",
            body=body,
            access=access,
            idempotency_key=idempotency_key or new_key(),
        )
        return self._ask(question)

    def read_child(self, child_id: str, *, access: Access) -> Answer[t.ChildAnswer]:
        """Read a child's record as far as this asker may.

        Disclose one record; the one 404 for every cause that lies with the child.
        """
        question = Question(
            "GET",
            "/v1/children/{child_id}",
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
            mediated=True,
        )
        return self._ask(question)

    def amend_child(
        self, body: t.ChildAmended, child_id: str, *, access: Access, if_match: str
    ) -> Answer[None]:
        """Amend a record that has been read.

        Put facts in place of others, with their provenance; what is not named stays.
        """
        question = Question(
            "PATCH",
            "/v1/children/{child_id}",
            body=body,
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
            if_match=if_match,
        )
        return self._ask(question)

    def grant_shield(
        self,
        body: t.ShieldGranted,
        child_id: str,
        *,
        access: Access,
        idempotency_key: str | None = None,
    ) -> Answer[t.Made]:
        """Shield a child's record: nobody but the team sees where they are.

        Shield a record; every request begun after the answer sees it shielded.
        """
        question = Question(
            "POST",
            "/v1/children/{child_id}/shield",
            body=body,
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
            idempotency_key=idempotency_key or new_key(),
        )
        return self._ask(question)

    def review_shield(
        self, body: t.ShieldReviewed, child_id: str, *, access: Access
    ) -> Answer[None]:
        """Look at a shield again: it stands on.

        Set the next day of review. A review that is missed changes nothing.
        """
        question = Question(
            "POST",
            "/v1/children/{child_id}/shield/review",
            body=body,
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
        )
        return self._ask(question)

    def lift_shield(self, body: t.ShieldLifted, child_id: str, *, access: Access) -> Answer[None]:
        """Lift one shield, by decision only.

        Lift one shield; the record stays shielded while another is in force.
        """
        question = Question(
            "POST",
            "/v1/children/{child_id}/shield/lift",
            body=body,
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
        )
        return self._ask(question)

    def ask_shield(
        self,
        body: t.ShieldAsked,
        child_id: str,
        *,
        access: Access,
        idempotency_key: str | None = None,
    ) -> Answer[t.Made]:
        """Ask that a child's record be shielded.

        Ask the team for a shield, for the child, a parent or carer, or as a practitioner.
        """
        question = Question(
            "POST",
            "/v1/children/{child_id}/shield-requests",
            body=body,
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
            idempotency_key=idempotency_key or new_key(),
        )
        return self._ask(question)

    def read_shield_requests(
        self, *, access: Access, cursor: str | None = None
    ) -> Answer[t.ShieldRequests]:
        """One's own requests for shields; for the team, all there are.

        Show how far requests for shields have come.
        """
        question = Question(
            "GET",
            "/v1/shield-requests",
            access=access,
            asked={"cursor": (cursor, r"^[A-Za-z0-9_-]{1,200}$")},
        )
        return self._ask(question)

    def refuse_shield(
        self, body: t.ShieldRefused, shield_request_id: str, *, access: Access
    ) -> Answer[None]:
        """Refuse a shield that was asked for, with a reason.

        Refuse a request; on appeal by somebody else than who refused it first.
        """
        question = Question(
            "POST",
            "/v1/shield-requests/{shield_request_id}/refuse",
            body=body,
            places={
                "shield_request_id": (
                    shield_request_id,
                    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                )
            },
            access=access,
        )
        return self._ask(question)

    def appeal_shield(self, shield_request_id: str, *, access: Access) -> Answer[None]:
        """Appeal against a refusal; another person decides.

        Appeal, once; only who sent the request does.
        """
        question = Question(
            "POST",
            "/v1/shield-requests/{shield_request_id}/appeal",
            places={
                "shield_request_id": (
                    shield_request_id,
                    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                )
            },
            access=access,
        )
        return self._ask(question)

    def close_identity(
        self, body: t.IdentityClosed, child_id: str, *, access: Access
    ) -> Answer[None]:
        """Close an identity for good; the new one is created on another day.

        Close a record: nobody finds it, and what resembles it waits unseen.
        """
        question = Question(
            "POST",
            "/v1/children/{child_id}/close-identity",
            body=body,
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
        )
        return self._ask(question)

    def propose_transfer(
        self, body: t.TransferProposed, *, access: Access, idempotency_key: str | None = None
    ) -> Answer[t.Made]:
        """Propose to take responsibility for a child who belongs here.

        Put it before the other authority's team; the same answer whoever is known there.
        """
        question = Question(
            "POST",
            "/v1/transfers",
            body=body,
            access=access,
            idempotency_key=idempotency_key or new_key(),
        )
        return self._ask(question)

    def read_transfers(self, *, cursor: str | None = None) -> Answer[t.Transfers]:
        """Moves of responsibility, and how far each has come.

        Show the team every move this authority has a part in.
        """
        question = Question(
            "GET", "/v1/transfers", asked={"cursor": (cursor, r"^[A-Za-z0-9_-]{1,200}$")}
        )
        return self._ask(question)

    def refuse_transfer(
        self, body: t.TransferRefused, transfer_id: str, *, access: Access
    ) -> Answer[None]:
        """Refuse a move, or withdraw it.

        End a move: responsibility stays where it is, and both teams are told why.
        """
        question = Question(
            "POST",
            "/v1/transfers/{transfer_id}/refuse",
            body=body,
            places={"transfer_id": (transfer_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
        )
        return self._ask(question)

    def agree_transfer(
        self, body: t.TransferNamed, child_id: str, *, access: Access
    ) -> Answer[None]:
        """Agree that responsibility for this child moves.

        Let the record go; it is responsible here until the other authority has taken it.
        """
        question = Question(
            "POST",
            "/v1/children/{child_id}/transfer",
            body=body,
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
        )
        return self._ask(question)

    def review_transfer(
        self, body: t.TransferNamed, child_id: str, *, access: Access
    ) -> Answer[None]:
        """Note that a record which came here was reviewed.

        Note the review that is due within four weeks of taking a record.
        """
        question = Question(
            "POST",
            "/v1/children/{child_id}/transfer/review",
            body=body,
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
        )
        return self._ask(question)

    def ask_override(
        self,
        body: t.OverrideAsked,
        child_id: str,
        *,
        access: Access,
        idempotency_key: str | None = None,
    ) -> Answer[t.OverrideMade]:
        """Ask to override a shield: one record, one read, 15 minutes, investigated.

        Ask for an override: in force at once or once approved, and the team told at once.
        """
        question = Question(
            "POST",
            "/v1/children/{child_id}/override",
            body=body,
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
            idempotency_key=idempotency_key or new_key(),
        )
        return self._ask(question)

    def read_under_override(
        self, body: t.OverrideUsed, child_id: str, *, access: Access
    ) -> Answer[t.ChildAnswer]:
        """Read a shielded record under an override, once.

        Disclose one record to whom the override was granted; that uses it up.
        """
        question = Question(
            "POST",
            "/v1/children/{child_id}/override/read",
            body=body,
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
        )
        return self._ask(question)

    def read_overrides(self, *, cursor: str | None = None) -> Answer[t.Overrides]:
        """Overrides whose investigation is not concluded.

        Show who overrode which shield, on what ground, and what came of it.
        """
        question = Question(
            "GET", "/v1/overrides", asked={"cursor": (cursor, r"^[A-Za-z0-9_-]{1,200}$")}
        )
        return self._ask(question)

    def approve_override(self, body: t.OverrideApproved, override_id: str) -> Answer[None]:
        """Approve an override or not, before or after the fact.

        Say yes or no to somebody else's override.
        """
        question = Question(
            "POST",
            "/v1/overrides/{override_id}/approve",
            body=body,
            places={"override_id": (override_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
        )
        return self._ask(question)

    def conclude_override(self, body: t.OverrideConcluded, override_id: str) -> Answer[None]:
        """Conclude the investigation of an override.

        Say how the investigation ended; by somebody else than who overrode.
        """
        question = Question(
            "POST",
            "/v1/overrides/{override_id}/conclude",
            body=body,
            places={"override_id": (override_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
        )
        return self._ask(question)

    def hold_assessment(
        self, body: t.AssessmentStated, child_id: str, *, access: Access
    ) -> Answer[None]:
        """State that the asker's agency holds a common assessment.

        Record that an assessment is held, by whom, since when: never its content.
        """
        question = Question(
            "PUT",
            "/v1/children/{child_id}/assessment",
            body=body,
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
        )
        return self._ask(question)

    def name_lead_professional(
        self, body: t.LeadProfessionalStated, child_id: str, *, access: Access
    ) -> Answer[None]:
        """State who leads for the child.

        Record the lead professional and how to reach them.
        """
        question = Question(
            "PUT",
            "/v1/children/{child_id}/lead-professional",
            body=body,
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
        )
        return self._ask(question)

    def close_assessment(
        self, body: t.AssessmentClosed, child_id: str, *, access: Access
    ) -> Answer[None]:
        """Close the common assessment the asker's agency holds.

        Close it, saying why in one word; somebody else's is the one 404.
        """
        question = Question(
            "POST",
            "/v1/children/{child_id}/assessment/close",
            body=body,
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
        )
        return self._ask(question)

    def reassign_assessment(
        self, body: t.AssessmentReassigned, child_id: str, *, access: Access
    ) -> Answer[None]:
        """Hand the common assessment to another agency.

        Hand it to an agency of a kind that may hold one; it holds it from today.
        """
        question = Question(
            "POST",
            "/v1/children/{child_id}/assessment/reassign",
            body=body,
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
        )
        return self._ask(question)

    def offer_assessment(
        self, body: t.TransferOffered, child_id: str, *, access: Access
    ) -> Answer[None]:
        """Offer the common assessment to another authority.

        Offer it: only with a live consent to its transfer that names the authority.
        """
        question = Question(
            "POST",
            "/v1/children/{child_id}/assessment/transfer",
            body=body,
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
        )
        return self._ask(question)

    def read_assessments_due(
        self, *, access: Access, cursor: str | None = None
    ) -> Answer[t.AssessmentsDue]:
        """Common assessments whose review is due within 28 days, or past.

        Show a manager the agency's own, the management team everybody's.
        """
        question = Question(
            "GET",
            "/v1/assessments/due",
            access=access,
            asked={"cursor": (cursor, r"^[A-Za-z0-9_-]{1,200}$")},
        )
        return self._ask(question)

    def record_status(self, body: t.StatusStated, child_id: str, *, access: Access) -> Answer[None]:
        """State a child protection plan, being looked after, and the responsible team.

        Record what the asker's agency says now, in place of what it said before.
        """
        question = Question(
            "PUT",
            "/v1/children/{child_id}/status",
            body=body,
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
        )
        return self._ask(question)

    def read_agreements(self) -> Answer[t.AgreementList]:
        """Which agreement is in force, and which wait.

        Show what is in force, and what each waiting agreement would widen.
        """
        question = Question("GET", "/v1/agreements")
        return self._ask(question)

    def propose_agreement(
        self, body: t.AgreementProposed, *, idempotency_key: str | None = None
    ) -> Answer[t.AgreementKept]:
        """Bring an agreement into force, or propose one that widens anything.

        Load an agreement that widens nothing; keep any other for a second person.
        """
        question = Question(
            "POST", "/v1/agreements", body=body, idempotency_key=idempotency_key or new_key()
        )
        return self._ask(question)

    def approve_agreement(
        self, body: t.AgreementApproved, agreement_id: str
    ) -> Answer[t.AgreementKept]:
        """Bring a proposed agreement into force, having seen what it widens.

        Approve as somebody else than who proposed, naming the very difference seen.
        """
        question = Question(
            "POST",
            "/v1/agreements/{agreement_id}/approve",
            body=body,
            places={"agreement_id": (agreement_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
        )
        return self._ask(question)

    def read_agreement(self, version: str) -> Answer[t.AgreementShown]:
        """The document of one version.

        Show an agreement as it was sent, in force now or earlier.
        """
        question = Question(
            "GET", "/v1/agreements/{version}", places={"version": (version, r"^[1-9][0-9]{0,5}$")}
        )
        return self._ask(question)

    def begin_involvement(
        self,
        body: t.InvolvementBegun,
        child_id: str,
        *,
        access: Access,
        idempotency_key: str | None = None,
    ) -> Answer[t.Made]:
        """Say that the asker's agency works with a child.

        Begin an involvement: I am taking action with this child; here is whom to ring.
        """
        question = Question(
            "POST",
            "/v1/children/{child_id}/involvements",
            body=body,
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
            idempotency_key=idempotency_key or new_key(),
        )
        return self._ask(question)

    def read_involvement(
        self, involvement_id: str, *, access: Access
    ) -> Answer[t.InvolvementShown]:
        """Read one involvement.

        Show one involvement to an asker who may see it.
        """
        question = Question(
            "GET",
            "/v1/involvements/{involvement_id}",
            places={
                "involvement_id": (involvement_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
            },
            access=access,
            mediated=True,
        )
        return self._ask(question)

    def amend_involvement(
        self, body: t.InvolvementAmended, involvement_id: str, *, access: Access
    ) -> Answer[None]:
        """Give an involvement another worker or team.

        Change whom to ring.
        """
        question = Question(
            "PATCH",
            "/v1/involvements/{involvement_id}",
            body=body,
            places={
                "involvement_id": (involvement_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
            },
            access=access,
        )
        return self._ask(question)

    def confirm_involvement(self, involvement_id: str, *, access: Access) -> Answer[None]:
        """Say that an involvement goes on.

        Confirm as of today.
        """
        question = Question(
            "POST",
            "/v1/involvements/{involvement_id}/confirm",
            places={
                "involvement_id": (involvement_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
            },
            access=access,
        )
        return self._ask(question)

    def cease_involvement(
        self, body: t.InvolvementCeased, involvement_id: str, *, access: Access
    ) -> Answer[None]:
        """Say that an involvement has ceased.

        End an involvement on a day already come; it is kept, and shown last.
        """
        question = Question(
            "POST",
            "/v1/involvements/{involvement_id}/cease",
            body=body,
            places={
                "involvement_id": (involvement_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
            },
            access=access,
        )
        return self._ask(question)

    def read_own_involvements(
        self, *, access: Access, cursor: str | None = None
    ) -> Answer[t.OwnInvolvements]:
        """The asker's own involvements, those to confirm first.

        Show what the asker's practitioner works with; of each child what a read would.
        """
        question = Question(
            "GET",
            "/v1/me/involvements",
            access=access,
            asked={"cursor": (cursor, r"^[A-Za-z0-9_-]{1,200}$")},
        )
        return self._ask(question)

    def read_doubtful_contacts(
        self, *, access: Access, cursor: str | None = None
    ) -> Answer[t.DoubtfulContacts]:
        """Contacts that several people say do not work.

        Show the supplying agency its own, the team all; amend each to put it right.
        """
        question = Question(
            "GET",
            "/v1/doubtful-contacts",
            access=access,
            asked={"cursor": (cursor, r"^[A-Za-z0-9_-]{1,200}$")},
        )
        return self._ask(question)

    def read_caseload(
        self,
        *,
        access: Access,
        practitioner_id: t.Id | None = None,
        due: t.Due | None = None,
        cursor: str | None = None,
    ) -> Answer[t.Caseload]:
        """The keeper's own agency's involvements, due or overdue.

        Show whose involvements are to be confirmed; of each child what a read would.
        """
        question = Question(
            "GET",
            "/v1/caseload",
            access=access,
            asked={
                "practitioner_id": (practitioner_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
                "due": (due, r"overdue|soon"),
                "cursor": (cursor, r"^[A-Za-z0-9_-]{1,200}$"),
            },
        )
        return self._ask(question)

    def read_caseload_practitioners(
        self, *, cursor: str | None = None
    ) -> Answer[t.CaseloadPractitioners]:
        """The practitioners a caseload may go to.

        Show the keeper's own agency's practitioners by name.
        """
        question = Question(
            "GET",
            "/v1/caseload/practitioners",
            asked={"cursor": (cursor, r"^[A-Za-z0-9_-]{1,200}$")},
        )
        return self._ask(question)

    def hand_over_caseload(
        self, body: t.CaseloadHandedOver, *, access: Access, idempotency_key: str | None = None
    ) -> Answer[t.HandOverLines]:
        """Give a leaving worker's involvements to another practitioner.

        Hand over up to 100, each decided on alone; the former contact is shown no more.
        """
        question = Question(
            "POST",
            "/v1/caseload/hand-overs",
            body=body,
            access=access,
            idempotency_key=idempotency_key or new_key(),
        )
        return self._ask(question)

    def say_whether_contact_worked(
        self, body: t.ContactFeedbackSaid, involvement_id: str, *, access: Access
    ) -> Answer[None]:
        """Say what came of using an involvement's contact.

        Say so as somebody the contact is shown to; several failures put it in doubt.
        """
        question = Question(
            "POST",
            "/v1/involvements/{involvement_id}/feedback",
            body=body,
            places={
                "involvement_id": (involvement_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
            },
            access=access,
        )
        return self._ask(question)

    def read_contacts_that_work(self, *, month: str | None = None) -> Answer[t.ContactFigures]:
        """How often contacts worked in a month, by kind of agency.

        Show what was said of contacts in a month that is over; no child, and nobody.
        """
        question = Question(
            "GET",
            "/v1/supervision/contacts",
            asked={"month": (month, r"^[0-9]{4}-(0[1-9]|1[0-2])$")},
        )
        return self._ask(question)

    def record_consent(
        self,
        body: t.ConsentStated,
        child_id: str,
        *,
        access: Access,
        idempotency_key: str | None = None,
    ) -> Answer[t.ConsentMade]:
        """Record consent given or refused to the asker's agency.

        Record whose word it is, the judgement that it was theirs to say, for what, how long.
        """
        question = Question(
            "POST",
            "/v1/children/{child_id}/consents",
            body=body,
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
            idempotency_key=idempotency_key or new_key(),
        )
        return self._ask(question)

    def read_consents(self, child_id: str, *, access: Access) -> Answer[t.ConsentsShown]:
        """Read what was recorded of consent, other bases, and decisions not to share.

        Show an agency its own rows, the management team everybody's.
        """
        question = Question(
            "GET",
            "/v1/children/{child_id}/consents",
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
        )
        return self._ask(question)

    def withdraw_consent(
        self, body: t.ConsentWithdrawn, consent_id: str, *, access: Access
    ) -> Answer[None]:
        """Withdraw a consent.

        Withdraw as of now; whoever was told before is told so.
        """
        question = Question(
            "POST",
            "/v1/consents/{consent_id}/withdraw",
            body=body,
            places={"consent_id": (consent_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
        )
        return self._ask(question)

    def renew_consent(
        self, body: t.ConsentRenewed, consent_id: str, *, access: Access
    ) -> Answer[None]:
        """Renew a consent in force.

        Renew from today, asked again.
        """
        question = Question(
            "POST",
            "/v1/consents/{consent_id}/renew",
            body=body,
            places={"consent_id": (consent_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
        )
        return self._ask(question)

    def prove_consent(
        self, body: t.ReceiptPresented, consent_id: str, *, access: Access
    ) -> Answer[t.ReceiptMatched]:
        """Open a receipt or code at the management team's counter.

        Say whether what was brought proves this consent; the log keeps that it was asked.
        """
        question = Question(
            "POST",
            "/v1/consents/{consent_id}/receipt",
            body=body,
            places={"consent_id": (consent_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
        )
        return self._ask(question)

    def record_basis(
        self,
        body: t.BasisStated,
        child_id: str,
        *,
        access: Access,
        idempotency_key: str | None = None,
    ) -> Answer[t.Made]:
        """Record a decision to process without consent.

        Record on what it rests, why, decided when, looked at again when.
        """
        question = Question(
            "POST",
            "/v1/children/{child_id}/bases",
            body=body,
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
            idempotency_key=idempotency_key or new_key(),
        )
        return self._ask(question)

    def end_basis(self, child_id: str, basis_id: str, *, access: Access) -> Answer[None]:
        """Say that a basis no longer holds.

        End a basis as of now; what rested on it is no longer shown.
        """
        question = Question(
            "POST",
            "/v1/children/{child_id}/bases/{basis_id}/end",
            places={
                "child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
                "basis_id": (basis_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
            },
            access=access,
        )
        return self._ask(question)

    def record_not_shared(
        self,
        body: t.NotSharedStated,
        child_id: str,
        *,
        access: Access,
        idempotency_key: str | None = None,
    ) -> Answer[t.Made]:
        """Record a decision not to share.

        Record with whom it was not shared, and why: golden rule 7 asks for both.
        """
        question = Question(
            "POST",
            "/v1/children/{child_id}/not-shared",
            body=body,
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
            idempotency_key=idempotency_key or new_key(),
        )
        return self._ask(question)

    def supply_batch(
        self,
        body: bytes,
        source: str,
        batch_id: str,
        *,
        kind: Literal["application/x-ndjson", "text/csv"],
    ) -> Answer[t.BatchStatus]:
        """Supply a batch of lines; sending the same body again resumes it.

        Take a batch as a stream, chunk by chunk; idempotent by content.
        """
        question = Question(
            "PUT",
            "/v1/feeds/{source}/batches/{batch_id}",
            kind=kind,
            body=body,
            places={
                "source": (source, r"^[a-z0-9-]{2,40}$"),
                "batch_id": (batch_id, r"^[A-Za-z0-9._-]{1,40}$"),
            },
            digested=True,
        )
        return self._ask(question)

    def read_batch(self, source: str, batch_id: str) -> Answer[t.BatchStatus]:
        """How far a batch has come.

        Tell a supplier how far its own batch has come.
        """
        question = Question(
            "GET",
            "/v1/feeds/{source}/batches/{batch_id}",
            places={
                "source": (source, r"^[a-z0-9-]{2,40}$"),
                "batch_id": (batch_id, r"^[A-Za-z0-9._-]{1,40}$"),
            },
        )
        return self._ask(question)

    def read_batches(self, *, cursor: str | None = None) -> Answer[t.BatchesListed]:
        """The batches that were sent, newest first.

        Show a supplier its own batches, the team all: which, begun when, how far.
        """
        question = Question(
            "GET", "/v1/feeds/batches", asked={"cursor": (cursor, r"^[A-Za-z0-9_-]{1,200}$")}
        )
        return self._ask(question)

    def read_batch_lines(
        self, source: str, batch_id: str, *, cursor: str | None = None
    ) -> Answer[t.LineResults]:
        """Which lines were invalid, and why.

        Tell a supplier which of its own lines were invalid; the rest were accepted.
        """
        question = Question(
            "GET",
            "/v1/feeds/{source}/batches/{batch_id}/lines",
            places={
                "source": (source, r"^[a-z0-9-]{2,40}$"),
                "batch_id": (batch_id, r"^[A-Za-z0-9._-]{1,40}$"),
            },
            asked={"cursor": (cursor, r"^[A-Za-z0-9_-]{1,200}$")},
        )
        return self._ask(question)

    def read_holds(self, *, cursor: str | None = None) -> Answer[t.Holds]:
        """What waits for a decision of the management team.

        Show the team the records that wait, why, since when and until when.
        """
        question = Question(
            "GET", "/v1/holds", asked={"cursor": (cursor, r"^[A-Za-z0-9_-]{1,200}$")}
        )
        return self._ask(question)

    def release_hold(
        self, body: t.HoldReleased, child_id: str, *, access: Access
    ) -> Answer[t.HoldReleaseMade]:
        """Release a record: another child's, or the same child's as another record.

        Release a record that was checked; an emergency waits for a second person.
        """
        question = Question(
            "POST",
            "/v1/holds/{child_id}/release",
            body=body,
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
        )
        return self._ask(question)

    def approve_release(
        self, body: t.HoldReleaseApproved, child_id: str, *, access: Access
    ) -> Answer[None]:
        """Agree to a release as the second of two people.

        Release a record somebody else asked to have released at once.
        """
        question = Question(
            "POST",
            "/v1/holds/{child_id}/release/approve",
            body=body,
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
        )
        return self._ask(question)

    def grant_mediation(self, body: t.MediationAsked, *, access: Access) -> Answer[t.MediationMade]:
        """Let somebody else ask on one's behalf for 15 minutes.

        Grant mediated access: the requester's own rights, purpose and reason apply.
        """
        question = Question("POST", "/v1/mediations", body=body, access=access)
        return self._ask(question)

    def read_mediation(self, mediation_id: str, *, access: Access) -> Answer[t.MediationShown]:
        """Read a grant one made, or that was made for one.

        Show a grant to its requester and its mediator; to others there is none.
        """
        question = Question(
            "GET",
            "/v1/mediations/{mediation_id}",
            places={"mediation_id": (mediation_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
        )
        return self._ask(question)

    def ask_contact(
        self, body: t.ContactRequestMade, *, access: Access, idempotency_key: str | None = None
    ) -> Answer[t.ContactRequested]:
        """Ask the management team to bring one together with who works with a child.

        Ask the team; the answer is the same whether or not there is anybody to reach.
        """
        question = Question(
            "POST",
            "/v1/contact-requests",
            body=body,
            access=access,
            idempotency_key=idempotency_key or new_key(),
        )
        return self._ask(question)

    def read_contact_requests(
        self, *, access: Access, cursor: str | None = None
    ) -> Answer[t.ContactRequests]:
        """One's own requests for contact; for the team, all that wait.

        List requests, the most urgent first.
        """
        question = Question(
            "GET",
            "/v1/contact-requests",
            access=access,
            asked={"cursor": (cursor, r"^[A-Za-z0-9_-]{1,200}$")},
        )
        return self._ask(question)

    def read_contact_request(
        self, contact_request_id: str, *, access: Access
    ) -> Answer[t.ContactRequestShown]:
        """What came of a request for contact.

        Show a request to whoever asked and to the team; to others there is none.
        """
        question = Question(
            "GET",
            "/v1/contact-requests/{contact_request_id}",
            places={
                "contact_request_id": (
                    contact_request_id,
                    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                )
            },
            access=access,
        )
        return self._ask(question)

    def take_contact_request(self, contact_request_id: str) -> Answer[None]:
        """Take a request on, or over from a colleague.

        Say who of the team is at it.
        """
        question = Question(
            "POST",
            "/v1/contact-requests/{contact_request_id}/take",
            places={
                "contact_request_id": (
                    contact_request_id,
                    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                )
            },
        )
        return self._ask(question)

    def answer_contact_request(
        self, body: t.ContactRequestAnswered, contact_request_id: str
    ) -> Answer[None]:
        """Say what was brought about.

        Answer a request; whoever asked is told no more than the service agreed to.
        """
        question = Question(
            "POST",
            "/v1/contact-requests/{contact_request_id}/answer",
            body=body,
            places={
                "contact_request_id": (
                    contact_request_id,
                    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                )
            },
        )
        return self._ask(question)

    def record_dissent(
        self,
        body: t.DissentStated,
        child_id: str,
        *,
        access: Access,
        idempotency_key: str | None = None,
    ) -> Answer[t.Made]:
        """Record that one disagrees with what was decided about a child.

        Record a dissent; the agency's safeguarding lead and the management team are told.
        """
        question = Question(
            "POST",
            "/v1/children/{child_id}/dissents",
            body=body,
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
            idempotency_key=idempotency_key or new_key(),
        )
        return self._ask(question)

    def read_dissents(self, child_id: str, *, access: Access) -> Answer[t.Dissents]:
        """The dissents of one's own agency about a child; for the team, all.

        Show who disagrees, about what, and how to reach them.
        """
        question = Question(
            "GET",
            "/v1/children/{child_id}/dissents",
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            access=access,
        )
        return self._ask(question)

    def read_decision(self, entry_id: str) -> Answer[t.DecisionShown]:
        """Why one's own request was answered as it was.

        Tell the asker why; of others' requests there is nothing to tell.
        """
        question = Question(
            "GET",
            "/v1/decisions/{entry_id}",
            places={"entry_id": (entry_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
        )
        return self._ask(question)

    def read_log_heads(
        self, *, kind: t.Kind | None = None, shard: str | None = None, size: str | None = None
    ) -> Answer[t.LogHeads]:
        """Signed heads of the access log, with cosignatures.

        Show heads; whoever keeps them catches a log that was rewritten or went back.
        """
        question = Question(
            "GET",
            "/v1/log/heads",
            asked={
                "kind": (kind, r"minute|hour"),
                "shard": (shard, r"^[2-9][0-9]{5}$"),
                "size": (size, r"^(0|[1-9][0-9]{0,14})$"),
            },
        )
        return self._ask(question)

    def read_log_leaves(self, *, shard: str, from_: str, to: str) -> Answer[t.LogLeaves]:
        """Leaf hashes of a shard, a page at a time.

        Show leaves up to the newest head this asker is shown; each is blinded.
        """
        question = Question(
            "GET",
            "/v1/log/leaves",
            asked={
                "shard": (shard, r"^[2-9][0-9]{5}$"),
                "from": (from_, r"^(0|[1-9][0-9]{0,14})$"),
                "to": (to, r"^(0|[1-9][0-9]{0,14})$"),
            },
        )
        return self._ask(question)

    def read_log_proof(self, leaf: str, *, kind: t.Kind | None = None) -> Answer[str]:
        """That a receipt's leaf is in the log.

        Prove a leaf in the newest head of a kind; one in none is 404 `leaf_not_sealed`.
        """
        question = Question(
            "GET",
            "/v1/log/proofs/{leaf}",
            places={"leaf": (leaf, r"^[0-9a-f]{64}$")},
            asked={"kind": (kind, r"minute|hour")},
            textual=True,
        )
        return self._ask(question)

    def read_log_growth(self, *, shard: str, from_: str, to: str) -> Answer[t.LogGrowth]:
        """That a shard's tree of one size is the beginning of a larger one.

        Prove that nothing before the smaller size was changed or taken out.
        """
        question = Question(
            "GET",
            "/v1/log/consistency",
            asked={
                "shard": (shard, r"^[2-9][0-9]{5}$"),
                "from": (from_, r"^(0|[1-9][0-9]{0,14})$"),
                "to": (to, r"^(0|[1-9][0-9]{0,14})$"),
            },
        )
        return self._ask(question)

    def ask_log_release(
        self, body: t.LogReleaseAsked, *, idempotency_key: str | None = None
    ) -> Answer[t.Made]:
        """State what was entered again after a restored backup.

        Ask that a restored index may answer; somebody else approves it.
        """
        question = Question(
            "POST", "/v1/log/releases", body=body, idempotency_key=idempotency_key or new_key()
        )
        return self._ask(question)

    def read_log_release(self, release_id: str) -> Answer[t.LogReleaseShown]:
        """What a release states, and how far it has come.

        Show a release to whoever may approve one.
        """
        question = Question(
            "GET",
            "/v1/log/releases/{release_id}",
            places={"release_id": (release_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
        )
        return self._ask(question)

    def approve_log_release(self, release_id: str) -> Answer[t.LogReleaseShown]:
        """Approve a release as a second person.

        Approve; the sealer is then given the approval's entry, and begins the tree anew.
        """
        question = Question(
            "POST",
            "/v1/log/releases/{release_id}/approval",
            places={"release_id": (release_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
        )
        return self._ask(question)

    def read_notices(self, *, cursor: str | None = None) -> Answer[t.Notices]:
        """What the asker's agency is told.

        Show an agency what changed of what it was told, and what its own people recorded.
        """
        question = Question(
            "GET", "/v1/notices", asked={"cursor": (cursor, r"^[A-Za-z0-9_-]{1,200}$")}
        )
        return self._ask(question)

    def read_alerts(self, *, cursor: str | None = None) -> Answer[t.Alerts]:
        """What the management team is to look into.

        Show the team its alerts.
        """
        question = Question(
            "GET", "/v1/alerts", asked={"cursor": (cursor, r"^[A-Za-z0-9_-]{1,200}$")}
        )
        return self._ask(question)

    def conclude_alert(self, body: t.AlertConcluded, alert_id: str) -> Answer[None]:
        """Say what came of looking into an alert.

        Conclude an alert; it leaves the list, and the access log keeps who concluded it.
        """
        question = Question(
            "POST",
            "/v1/alerts/{alert_id}/conclude",
            body=body,
            places={"alert_id": (alert_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
        )
        return self._ask(question)

    def subscribe(
        self, body: t.SubscriptionMade, *, access: Access, idempotency_key: str | None = None
    ) -> Answer[t.Made]:
        """Be told to ask again about a child there is lasting reason for.

        Subscribe; the answer is the same whether or not there is anybody to be told of.
        """
        question = Question(
            "POST",
            "/v1/subscriptions",
            body=body,
            access=access,
            idempotency_key=idempotency_key or new_key(),
        )
        return self._ask(question)

    def read_subscriptions(self, *, cursor: str | None = None) -> Answer[t.Subscriptions]:
        """One's own subscriptions, and which of them to ask about again.

        Show each by its reference, with the day of the last notice; never what is new.
        """
        question = Question(
            "GET", "/v1/subscriptions", asked={"cursor": (cursor, r"^[A-Za-z0-9_-]{1,200}$")}
        )
        return self._ask(question)

    def end_subscription(self, subscription_id: str) -> Answer[None]:
        """End a subscription of one's own.

        End it; another authority is told within the hour.
        """
        question = Question(
            "DELETE",
            "/v1/subscriptions/{subscription_id}",
            places={
                "subscription_id": (subscription_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
            },
        )
        return self._ask(question)

    def read_misuse_alerts(self, *, cursor: str | None = None) -> Answer[t.MisuseAlerts]:
        """What officers are to look into about how the index is used.

        Show the alerts not concluded yet; never one on the officer's own use.
        """
        question = Question(
            "GET", "/v1/misuse/alerts", asked={"cursor": (cursor, r"^[A-Za-z0-9_-]{1,200}$")}
        )
        return self._ask(question)

    def read_misuse_alert(self, alert_id: str) -> Answer[t.MisuseAlertShown]:
        """One alert: entries, rules and explanations, by reference.

        Show one alert, concluded or not. No child is named.
        """
        question = Question(
            "GET",
            "/v1/misuse/alerts/{alert_id}",
            places={"alert_id": (alert_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
        )
        return self._ask(question)

    def take_misuse_alert(self, alert_id: str) -> Answer[None]:
        """Say that one looks into an alert.

        Take an alert, or take it over; the steps keep who did.
        """
        question = Question(
            "POST",
            "/v1/misuse/alerts/{alert_id}/take",
            places={"alert_id": (alert_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
        )
        return self._ask(question)

    def conclude_misuse_alert(self, body: t.MisuseConcluded, alert_id: str) -> Answer[None]:
        """Say what came of looking into an alert.

        Conclude an alert. No outcome suspends anybody: that is done as it always is.
        """
        question = Question(
            "POST",
            "/v1/misuse/alerts/{alert_id}/conclude",
            body=body,
            places={"alert_id": (alert_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
        )
        return self._ask(question)

    def read_misuse_rates(self) -> Answer[t.MisuseRates]:
        """Whether staff of some group are alerted on more often than others.

        Show how many accounts of each group were alerted on; nobody is named.
        """
        question = Question("GET", "/v1/misuse/rates")
        return self._ask(question)

    def read_marks(self, *, cursor: str | None = None) -> Answer[t.Marks]:
        """Which records are marked so that accesses to them are noticed.

        Show the marks in force.
        """
        question = Question(
            "GET", "/v1/misuse/marks", asked={"cursor": (cursor, r"^[A-Za-z0-9_-]{1,200}$")}
        )
        return self._ask(question)

    def mark_record(
        self, body: t.MarkMade, *, idempotency_key: str | None = None
    ) -> Answer[t.Made]:
        """Mark a record as a canary, or as one everybody has heard of.

        Mark a record; answered alike whether or not there is one.
        """
        question = Question(
            "POST", "/v1/misuse/marks", body=body, idempotency_key=idempotency_key or new_key()
        )
        return self._ask(question)

    def end_mark(self, mark_id: str) -> Answer[None]:
        """End a mark.

        End a mark; what was noticed stays noticed.
        """
        question = Question(
            "POST",
            "/v1/misuse/marks/{mark_id}/end",
            places={"mark_id": (mark_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
        )
        return self._ask(question)

    def search_log(self, body: t.LogSearched, *, reference: str) -> Answer[t.LogFound]:
        """Entries of the access log that are looked for, a page at a time.

        Show auditors entries by asker, agency, child, time, purpose or outcome.
        """
        question = Question("POST", "/v1/log/searches", body=body, reference=reference)
        return self._ask(question)

    def open_entry(self, entry_id: str, *, reference: str) -> Answer[t.EntryOpened]:
        """One entry opened, with what proves it.

        Open one entry for a case: its text and blind give the leaf that was sealed.
        """
        question = Question(
            "GET",
            "/v1/log/entries/{entry_id}",
            places={"entry_id": (entry_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            reference=reference,
        )
        return self._ask(question)

    def export_log(self, body: t.LogExported, *, reference: str) -> Answer[str]:
        """Openings of the access log for a case: JSON Lines, CSV or FHIR.

        Hand over a part of the entries looked for; `Export-Next` is the next part's cursor.
        """
        question = Question("POST", "/v1/log/exports", body=body, reference=reference, textual=True)
        return self._ask(question)

    def read_breach(self, body: t.BreachAsked, *, reference: str) -> Answer[t.BreachReach]:
        """Which children, classes and askers were reached between two times.

        Name the children whose facts an account, an agency or anybody was shown.
        """
        question = Question("POST", "/v1/log/breaches", body=body, reference=reference)
        return self._ask(question)

    def draw_sample(self, body: t.SampleAsked, *, reference: str) -> Answer[t.SampleDrawn]:
        """A random sample of a cohort's accesses, to be drawn again by its seed.

        Draw accesses by lot; the access log commits to cohort, size and seed.
        """
        question = Question("POST", "/v1/log/samples", body=body, reference=reference)
        return self._ask(question)

    def open_panel(
        self, body: t.PanelOpened, *, reference: str, idempotency_key: str | None = None
    ) -> Answer[t.Made]:
        """Let one account review one child's case, for so many days.

        Open a panel; until it ends nothing of the child is removed for its age.
        """
        question = Question(
            "POST",
            "/v1/panels",
            body=body,
            reference=reference,
            idempotency_key=idempotency_key or new_key(),
        )
        return self._ask(question)

    def read_panel(
        self, panel_id: str, *, reference: str, cursor: str | None = None
    ) -> Answer[t.PanelShown]:
        """Who was involved with the child of a panel, and who looked.

        Tell the panel's reader, for its case, until it has ended.
        """
        question = Question(
            "GET",
            "/v1/panels/{panel_id}",
            places={"panel_id": (panel_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            reference=reference,
            asked={"cursor": (cursor, r"^[A-Za-z0-9_-]{1,200}$")},
        )
        return self._ask(question)

    def record_who_looked_request(
        self, body: t.WhoLookedAsked, child_id: str, *, idempotency_key: str | None = None
    ) -> Answer[t.WhoLookedRecorded]:
        """Record who asks to be told who looked, and what was found out about it.

        Record a request; it is refused there and then unless everything is in order.
        """
        question = Question(
            "POST",
            "/v1/children/{child_id}/who-looked-requests",
            body=body,
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            idempotency_key=idempotency_key or new_key(),
        )
        return self._ask(question)

    def read_who_looked_requests(self, *, cursor: str | None = None) -> Answer[t.WhoLookedRequests]:
        """Requests to be told who looked that wait for their release.

        Show what the desk found about each request that waits.
        """
        question = Question(
            "GET", "/v1/who-looked-requests", asked={"cursor": (cursor, r"^[A-Za-z0-9_-]{1,200}$")}
        )
        return self._ask(question)

    def refuse_who_looked(
        self, body: t.WhoLookedRefused, who_looked_request_id: str
    ) -> Answer[None]:
        """Refuse a request that waits.

        Refuse a request for what its findings did not say; anybody of the team may.
        """
        question = Question(
            "POST",
            "/v1/who-looked-requests/{who_looked_request_id}/refuse",
            body=body,
            places={
                "who_looked_request_id": (
                    who_looked_request_id,
                    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                )
            },
        )
        return self._ask(question)

    def release_who_looked(
        self, who_looked_request_id: str, *, idempotency_key: str | None = None
    ) -> Answer[t.WhoLookedReport]:
        """Release the report of a request, once; where needed by a second person.

        Tell who saw which classes of facts, in which months, for which purposes. Sent again
        under its key, the report is made anew: an answer that was lost uses up none.
        """
        question = Question(
            "POST",
            "/v1/who-looked-requests/{who_looked_request_id}/release",
            places={
                "who_looked_request_id": (
                    who_looked_request_id,
                    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
                )
            },
            idempotency_key=idempotency_key or new_key(),
        )
        return self._ask(question)

    def read_access_report(self, child_id: str, *, request_id: t.Id) -> Answer[t.AccessReport]:
        """What a family is told of the record itself, within 28 days of its request.

        Tell the record, by which kinds of agency, who is involved; where needed by a second.
        """
        question = Question(
            "GET",
            "/v1/children/{child_id}/access-report",
            places={"child_id": (child_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
            asked={"request_id": (request_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
        )
        return self._ask(question)

    def read_staff_use(
        self, *, month: str | None = None, cursor: str | None = None
    ) -> Answer[t.StaffUse]:
        """How the supervisor's own agency's staff used the index in a month.

        Show counts by account and purpose; no child, and nothing of what was found.
        """
        question = Question(
            "GET",
            "/v1/supervision/use",
            asked={
                "month": (month, r"^[0-9]{4}-(0[1-9]|1[0-2])$"),
                "cursor": (cursor, r"^[A-Za-z0-9_-]{1,200}$"),
            },
        )
        return self._ask(question)

    def read_open_work(self, *, cursor: str | None = None) -> Answer[t.OpenWorkListed]:
        """Requests unanswered, reviews past and involvements not confirmed.

        Show by reference what the supervisor's own agency left open.
        """
        question = Question(
            "GET",
            "/v1/supervision/open-work",
            asked={"cursor": (cursor, r"^[A-Za-z0-9_-]{1,200}$")},
        )
        return self._ask(question)

    def draw_staff_sample(
        self, body: t.StaffSampleAsked, *, idempotency_key: str | None = None
    ) -> Answer[t.Made]:
        """A random sample of the own agency's accesses of a month.

        Draw accesses by lot; the access log commits to agency, time, size and seed.
        """
        question = Question(
            "POST",
            "/v1/supervision/samples",
            body=body,
            idempotency_key=idempotency_key or new_key(),
        )
        return self._ask(question)

    def read_staff_samples(self, *, cursor: str | None = None) -> Answer[t.StaffSamples]:
        """The own agency's samples, signed off or waiting.

        Show what was drawn for the own agency, by whichever supervisor.
        """
        question = Question(
            "GET", "/v1/supervision/samples", asked={"cursor": (cursor, r"^[A-Za-z0-9_-]{1,200}$")}
        )
        return self._ask(question)

    def read_staff_sample(self, sample_id: str) -> Answer[t.StaffSampleShown]:
        """One sample: each access, but what it found.

        Show when, who, why, with what outcome; a child is a reference.
        """
        question = Question(
            "GET",
            "/v1/supervision/samples/{sample_id}",
            places={"sample_id": (sample_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
        )
        return self._ask(question)

    def sign_off_staff_sample(self, body: t.SampleSignedOff, sample_id: str) -> Answer[None]:
        """Sign a whole sample off, a finding for each access.

        Sign off as somebody with no access in it; what is referred goes to the officers.
        """
        question = Question(
            "POST",
            "/v1/supervision/samples/{sample_id}/sign-off",
            body=body,
            places={"sample_id": (sample_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
        )
        return self._ask(question)

    def read_me(self) -> Answer[t.Me]:
        """What the index knows of the asking account, and what stands in its way.

        Tell the asker plainly: role, clearances, and why an action would be refused.
        """
        question = Question("GET", "/v1/me")
        return self._ask(question)

    def read_vocabularies(self) -> Answer[t.Vocabularies]:
        """The closed vocabularies.

        Show every word the contract knows.
        """
        question = Question("GET", "/v1/vocabularies")
        return self._ask(question)

    def read_agencies(self) -> Answer[t.Agencies]:
        """Every agency's front door.

        Show duty lines, hours and safeguarding leads.
        """
        question = Question("GET", "/v1/agencies")
        return self._ask(question)

    def add_agency(
        self, body: t.AgencyStated, *, idempotency_key: str | None = None
    ) -> Answer[t.Made]:
        """Add an agency.

        Add an agency with its duty line, hours and named lead.
        """
        question = Question(
            "POST", "/v1/agencies", body=body, idempotency_key=idempotency_key or new_key()
        )
        return self._ask(question)

    def add_practitioner(
        self, body: t.PractitionerAdded, *, idempotency_key: str | None = None
    ) -> Answer[t.Made]:
        """Add a practitioner.

        Add a practitioner and the team that answers for them.
        """
        question = Question(
            "POST", "/v1/practitioners", body=body, idempotency_key=idempotency_key or new_key()
        )
        return self._ask(question)

    def read_practitioner(self, practitioner_id: str) -> Answer[t.PractitionerShown]:
        """How to reach a practitioner's team.

        Show one practitioner to the management team.
        """
        question = Question(
            "GET",
            "/v1/practitioners/{practitioner_id}",
            places={
                "practitioner_id": (practitioner_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
            },
        )
        return self._ask(question)

    def shield_contact(self, body: t.PractitionerAmended, practitioner_id: str) -> Answer[None]:
        """Show everybody but the team a practitioner's team line only, or no longer.

        Shield a practitioner's own contact: in force in every worker's next request.
        """
        question = Question(
            "PATCH",
            "/v1/practitioners/{practitioner_id}",
            body=body,
            places={
                "practitioner_id": (practitioner_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
            },
        )
        return self._ask(question)

    def add_account(
        self, body: t.AccountStated, *, idempotency_key: str | None = None
    ) -> Answer[t.Made]:
        """Add an account for one login.

        Add an account: who may ask, for which agency, in which role.
        """
        question = Question(
            "POST", "/v1/accounts", body=body, idempotency_key=idempotency_key or new_key()
        )
        return self._ask(question)

    def read_accounts(
        self, *, agency_id: t.Id | None = None, cursor: str | None = None
    ) -> Answer[t.AccountsShown]:
        """The accounts there are: whose, in which state, with which clearances.

        Show the team every account, closed ones too, or those of one agency.
        """
        question = Question(
            "GET",
            "/v1/accounts",
            asked={
                "agency_id": (agency_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
                "cursor": (cursor, r"^[A-Za-z0-9_-]{1,200}$"),
            },
        )
        return self._ask(question)

    def read_account(self, account_id: str) -> Answer[t.AccountShown]:
        """How an account stands: its state, clearances and rights.

        Show one account to the management team.
        """
        question = Question(
            "GET",
            "/v1/accounts/{account_id}",
            places={"account_id": (account_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
        )
        return self._ask(question)

    def amend_account(self, body: t.AccountAmended, account_id: str) -> Answer[None]:
        """Suspend, close or clear an account.

        Change an account: in force in the next request of every worker.
        """
        question = Question(
            "PATCH",
            "/v1/accounts/{account_id}",
            body=body,
            places={"account_id": (account_id, r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")},
        )
        return self._ask(question)

    def read_peers(self) -> Answer[t.PeerList]:
        """The other members of the region: who answers, who is suspended.

        Show the region as this authority sees it now.
        """
        question = Question("GET", "/v1/peers")
        return self._ask(question)

    def suspend_peer(self, member: str) -> Answer[None]:
        """Speak with a member no more, from the next message on.

        Suspend a member: in force in every worker's next message.
        """
        question = Question(
            "PUT",
            "/v1/peers/{member}/suspension",
            places={"member": (member, r"^[a-z][a-z0-9_]{2,30}$")},
        )
        return self._ask(question)

    def release_peer(self, member: str) -> Answer[None]:
        """Speak with a member again.

        Release a member: in force in every worker's next message.
        """
        question = Question(
            "DELETE",
            "/v1/peers/{member}/suspension",
            places={"member": (member, r"^[a-z][a-z0-9_]{2,30}$")},
        )
        return self._ask(question)
