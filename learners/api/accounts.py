"""Accounts: how they begin, their address, their password and their sessions.

Whether an address has an account is told by none of these calls, only by mails to it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError as Weak
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from learners import backends
from learners.accounts import joining, passwords, sessions
from learners.api import account_serializers as serializers
from learners.api.own import Conflict, LearnerView, id_of
from learners.api.public import PublicView, told
from learners.backends import count_try, is_password_of
from learners.models import Session, User
from learners.people.cohorts import Refused
from zeeguu.base.serializers import NothingSerializer, Serializer

TOO_MANY = told({429: "Too many of these calls; wait Retry-After seconds."})


@contextmanager
def refusals() -> Iterator[None]:
    """What services refuse, as answers."""
    try:
        yield
    except Weak as exc:
        raise ValidationError({"password": exc.messages}) from exc
    except Refused as exc:
        raise ValidationError({"invite": [str(exc)]}) from exc
    except joining.WrongCode as exc:
        raise ValidationError({"code": [str(exc)]}) from exc
    except joining.HasAddress as exc:
        raise Conflict("This account waits for no address.") from exc
    except joining.Taken as exc:
        message = "Another account has this address; sign in with it."
        raise Conflict(message) from exc


def body(kind: type[Serializer], request: Request) -> dict[str, Any]:
    """The fields of a body; raises ValidationError."""
    given = kind(data=request.data)
    given.is_valid(raise_exception=True)
    facts: dict[str, Any] = given.validated_data
    return facts


def signed_in(request: Request, user: User) -> Response:
    """The answer to who has a new account."""
    session, text = sessions.begin(user, request.headers.get("User-Agent", ""))
    facts = {
        "token": text,
        "expiry": session.expires_at,
        "account": joining.facts(user),
    }
    answer = serializers.NewAccountSerializer(facts)
    return Response(answer.data, 201, headers={"Cache-Control": "no-store"})


def this_session(request: Request) -> Session:
    """That in which somebody asks."""
    if isinstance(request.auth, Session):
        return request.auth
    digest = sessions.digest_of(str(request.session.session_key))
    return get_object_or_404(Session, digest=digest)


class AccountsView(PublicView):
    """Accounts of all."""

    @extend_schema(
        auth=[],
        request=serializers.SignUpSerializer,
        responses={201: serializers.NewAccountSerializer, **TOO_MANY},
    )
    def post(self, request: Request) -> Response:
        """Sign up

        Makes an account and signs it in. A code is mailed to the address, which is the
        account's once the code is sent to /api/account/confirm/. Where the address has
        an account already the mail says so, and this call answers the same.
        """
        facts = body(serializers.SignUpSerializer, request)
        backends.require_sign_up(request)
        backends.require_mail(facts["email"])
        with refusals():
            return signed_in(request, joining.sign_up(**facts))


class AnonymousView(PublicView):
    """Accounts without an address."""

    @extend_schema(
        auth=[],
        request=serializers.InviteSerializer,
        responses={201: serializers.NewAccountSerializer, **TOO_MANY},
    )
    def post(self, request: Request) -> Response:
        """Try it out without an address

        Whoever loses the token has lost the account, unless it was upgraded.
        """
        facts = body(serializers.InviteSerializer, request)
        backends.require_sign_up(request)
        with refusals():
            return signed_in(request, joining.anonymous(**facts))


class UpgradeView(LearnerView):
    """An address for an account that has none."""

    @extend_schema(
        request=serializers.UpgradeSerializer,
        responses={
            200: serializers.AccountSerializer,
            **TOO_MANY,
            **told({409: "The account has a confirmed address."}),
        },
    )
    def post(self, request: Request) -> Response:
        """Give an account an address and a password

        Everything stays: it is the same account, and the same session. The address is
        confirmed as after signing up, and may be changed by this call until then.
        """
        facts = body(serializers.UpgradeSerializer, request)
        # It hashes and mails as signing up does, and each time to whom it likes.
        backends.require_sign_up(request)
        backends.require_mail(facts["email"])
        if waiting := self.learner.pending_email:
            # It takes the password, so it is a try to guess it.
            count_try(request, waiting)
        with refusals():
            joining.upgrade(self.learner, **facts)
        return Response(serializers.AccountSerializer(joining.facts(self.learner)).data)


class ConfirmView(LearnerView):
    """The code that a mail brought."""

    @extend_schema(
        request=serializers.MailedCodeSerializer,
        responses={
            200: serializers.AccountSerializer,
            **told({409: "Another account has confirmed the address meanwhile."}),
        },
    )
    def post(self, request: Request) -> Response:
        """Confirm an address by the mailed code

        A code may be tried five times, within a day; then ask for another one.
        """
        facts = body(serializers.MailedCodeSerializer, request)
        with refusals():
            joining.confirm(self.learner, facts["code"])
        return Response(serializers.AccountSerializer(joining.facts(self.learner)).data)


class ResendView(LearnerView):
    """Another code."""

    @extend_schema(
        request=NothingSerializer,
        responses={
            204: None,
            **TOO_MANY,
            **told({409: "The account waits for no address."}),
        },
    )
    def post(self, request: Request) -> Response:
        """Mail another code

        The one of before is good for nothing more.
        """
        body(NothingSerializer, request)
        if email := self.learner.pending_email:
            backends.require_mail(email)
        with refusals():
            joining.ask_to_confirm(self.learner)
        return Response(status=204)


class ForgottenView(PublicView):
    """A password that is forgotten."""

    @extend_schema(
        auth=[], request=serializers.EmailSerializer, responses={204: None, **TOO_MANY}
    )
    def post(self, request: Request) -> Response:
        """Mail a code for a new password

        Answers the same for an address that nobody has.
        """
        email = body(serializers.EmailSerializer, request)["email"]
        backends.require_sign_up(request)
        backends.require_mail(email)
        passwords.forgotten(email)
        return Response(status=204)


class ResetView(PublicView):
    """A new password by a code."""

    @extend_schema(
        auth=[], request=serializers.ResetSerializer, responses={204: None, **TOO_MANY}
    )
    def post(self, request: Request) -> Response:
        """Set a new password by the mailed code

        All sessions end. A code may be tried five times, within an hour.
        """
        facts = body(serializers.ResetSerializer, request)
        # It is a try to get in, as signing in is.
        count_try(request, facts["email"])
        with refusals():
            passwords.reset(facts["email"], facts["code"], facts["password"])
        return Response(status=204)


class PasswordView(LearnerView):
    """One's own password."""

    @extend_schema(
        request=serializers.ChangeSerializer, responses={204: None, **TOO_MANY}
    )
    def post(self, request: Request) -> Response:
        """Change the password by the old one

        All other sessions end.
        """
        facts = body(serializers.ChangeSerializer, request)
        user = self.learner
        if not is_password_of(request, user, facts["old_password"]):
            message = "This is not the password of the account."
            raise ValidationError({"old_password": [message]})
        with refusals():
            passwords.change(user, facts["password"], this_session(request))
        return Response(status=204)


class SessionsView(LearnerView):
    """Browsers and programs in which one is signed in."""

    @extend_schema(
        responses=serializers.SessionSerializer(many=True), operation_id="sessions_list"
    )
    def get(self, request: Request) -> Response:
        """Where one is signed in"""
        own = sessions.of(self.learner)
        this = {"this": this_session(request).pk}
        told = serializers.SessionSerializer(own, many=True, context=this)
        return Response(told.data)

    @extend_schema(operation_id="sessions_destroy_all", responses={204: None})
    def delete(self, request: Request) -> Response:
        """Sign out everywhere else"""
        sessions.of(self.learner).exclude(pk=this_session(request).pk).delete()
        return Response(status=204)


class SessionView(LearnerView):
    """One of them."""

    @extend_schema(responses={204: None})
    def delete(self, request: Request, session: str) -> Response:
        """Sign out there"""
        pk = id_of(session, "session")
        if not sessions.of(self.learner).filter(pk=pk).delete()[0]:
            raise NotFound(f"There is no session {pk}.")
        return Response(status=204)
