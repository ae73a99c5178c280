"""Who is who: persons, workspaces, who is in them, invitations, and what was noted. Columns and constraints.

Rights in a room belong to seats; rights in a workspace to roles (`core.permissions`).
"""

from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone


class Users(BaseUserManager["User"]):
    """Makes users; an address means the same person however it is written."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A new user; without a password nobody can log in as them yet."""
        if not email:
            raise ValueError("a user needs an email address")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user who may do everything. Whoever made them at the server's console vouches for the address."""
        user = self.create_user(email, password, **fields, is_superuser=True)
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user who logs in with this address, in capitals or not."""
        return self.get(email__iexact=(username or "").strip())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who logs in with an email address."""

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Users] = Users()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_user_per_address")]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        """May this person open the operators' pages? There is one kind of operator."""
        return self.is_superuser


class Role(models.TextChoices):
    """What somebody is in a workspace; what each may do is said by `core.permissions` alone."""

    OWNER = "owner", "Owner"
    ORGANISER = "organiser", "Organiser"
    AUTHOR = "author", "Author"
    MEMBER = "member", "Member"


class Workspace(models.Model):
    """A world of its own: people, rooms, scenarios and what came of them. None can be seen from another."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=timezone.now)
    raters_practise = models.BooleanField(default=False, db_default=False)  # before they rate for real

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person in one workspace, in one role."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=12, choices=Role.choices)
    joined_at = models.DateTimeField(default=timezone.now)
    practised_at = models.DateTimeField(null=True)  # rated enough recordings to rate for real

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "person"], name="one_membership_a_workspace"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="a_role_there_is"),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_role_display()} of {self.workspace}"


class Invitation(models.Model):
    """A link into a workspace, limited by address, time and number. Only the token's digest is stored."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, related_name="invitations")
    role = models.CharField(max_length=12, choices=Role.choices)
    token_digest = models.CharField(max_length=64, unique=True)
    domain = models.CharField(max_length=253, blank=True)  # empty: any address
    places = models.PositiveSmallIntegerField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    leads_to = models.CharField(max_length=200, blank=True)  # an address of this site; empty: the workspace

    def __str__(self) -> str:
        return f"{self.get_role_display()} of {self.workspace}, for {self.places}"


class Acceptance(models.Model):
    """Somebody came in by an invitation. Stays when they are removed: the same link lets nobody in twice."""

    invitation = models.ForeignKey(Invitation, on_delete=models.PROTECT, related_name="acceptances")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invitation", "person"], name="one_acceptance_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.invitation}"


class AuditEntry(models.Model):
    """Who saw or changed what. Never changed (a trigger refuses it); written by `service.noted` alone."""

    workspace = models.ForeignKey(Workspace, on_delete=models.PROTECT, null=True, related_name="audit")
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(max_length=254)  # as it was then; of a guest, the seat
    act = models.CharField(max_length=60)
    object = models.CharField(max_length=400)

    class Meta:
        verbose_name_plural = "audit entries"
        indexes = [models.Index(fields=["workspace", "at"], name="audit_by_workspace")]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.act} {self.object}"
