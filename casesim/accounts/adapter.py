"""What casesim asks of allauth beyond its settings: who may make an account, and where one goes then."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

INVITATION = "invitation"  # in the session: the invitation somebody follows


class Adapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Whoever follows an invitation; anybody where the settings say so."""
        return settings.SIGN_UP == "open" or INVITATION in request.session

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Back to the invitation that brought somebody here, or to what they have to do."""
        if INVITATION in request.session:
            return reverse("accounts:invitation")
        return super().get_login_redirect_url(request)

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """The same as after signing in."""
        return self.get_login_redirect_url(request)
