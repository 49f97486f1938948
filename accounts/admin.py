"""Users and groups in the admin: for superusers. Instructors have no right to them."""

from collections.abc import Callable

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from accounts.models import User


def _may(permission: str) -> Callable[[HttpRequest], bool]:
    return lambda request: request.user.has_perm(permission)


# Who sees which entry of the sidebar; named in settings.UNFOLD.
may_view_question = _may("quizbank.view_question")
may_view_questionset = _may("quizbank.view_questionset")
may_view_topic = _may("quizbank.view_topic")
may_view_bank = _may("quizbank.view_bank")
may_view_user = _may("accounts.view_user")


def is_instructor(request: HttpRequest) -> bool:
    return request.user.is_authenticated and request.user.is_instructor


admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):
    """The usual user pages, with our own setting beside the name."""

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("username", "email", "is_staff", "is_active", "date_joined")
    list_filter = ("is_staff", "is_superuser", "is_active", "groups")
    fieldsets = (*(DjangoUserAdmin.fieldsets or ()), ("Quizzes", {"fields": ("single_key_shortcuts",)}))


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    """Groups; the rights of `Instructors` are granted anew at each migrate."""
