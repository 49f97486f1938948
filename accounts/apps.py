from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "accounts"
    default = True

    def ready(self) -> None:
        from accounts.permissions import after_migrate

        post_migrate.connect(after_migrate, sender=self, dispatch_uid="instructor-permissions")


class StrideAdminConfig(admin_apps.AdminConfig):
    """Django's admin with our site: its own content security policy and the rate-limited log-in."""

    default = False
    default_site = "accounts.admin_site.StrideAdminSite"
