"""Who am I, and tokens for programs."""

from typing import Any, cast

from django.contrib.auth import authenticate
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.authtoken.models import Token
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User


class MeSerializer(serializers.ModelSerializer[User]):
    is_instructor = serializers.BooleanField(read_only=True)

    class Meta:
        model = User
        fields = ["username", "email", "is_instructor", "single_key_shortcuts", "date_joined"]
        read_only_fields = fields


class LoginSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150, help_text="User name or e-mail address.")
    password = serializers.CharField(max_length=1000, write_only=True, trim_whitespace=False)


class TokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(read_only=True, help_text="Send it as “Authorization: Token <token>”.")


class MeView(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(summary="Your account", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(cast(User, request.user)).data)


class TokenView(APIView):
    """Tokens; few tries a minute, since a password is checked here."""

    throttle_scope = "login"

    def get_permissions(self) -> list[Any]:
        return [IsAuthenticated()] if self.request and self.request.method == "DELETE" else [AllowAny()]

    @extend_schema(
        summary="Get your token",
        request=LoginSerializer,
        responses={200: TokenSerializer},
        auth=[],
        tags=["token"],
    )
    def post(self, request: Request) -> Response:
        data = LoginSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        name, password = data.validated_data["username"], data.validated_data["password"]
        field = "email" if "@" in name else "username"
        user = authenticate(request._request, password=password, **{field: name})
        if user is None:
            raise ValidationError({"detail": "User name and password do not match."})
        token, _ = Token.objects.get_or_create(user=user)
        return Response({"token": token.key})

    @extend_schema(summary="Revoke your token", request=None, responses={204: None}, tags=["token"])
    def delete(self, request: Request) -> Response:
        Token.objects.filter(user=request.user.pk).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)
