"""What casesim asks of allauth beyond its settings: who may make an account, and where one goes then."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from casesim.accounts.core.invitations import refusal
from casesim.accounts.models import Invitation
from casesim.accounts.queries import terms

INVITATION = "invitation"  # in the session: the invitation somebody follows


class Adapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whoever follows an invitation that is still open; anybody where the settings say so."""
        return settings.SIGN_UP == "open" or invitation_is_open(request.session.get(INVITATION))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Back to the invitation that brought somebody here, or to what they have to do."""
        if INVITATION in request.session:
            return reverse("accounts:invitation")
        return super().get_login_redirect_url(request)

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """The same as after signing in."""
        return self.get_login_redirect_url(request)


def invitation_is_open(invitation_id: int | None) -> bool:
    """Whether somebody new could come in by this invitation now."""
    found = Invitation.objects.filter(pk=invitation_id).first()
    return found is not None and not refusal(terms(found), "", timezone.now())
