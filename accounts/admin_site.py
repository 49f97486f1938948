"""The admin's site: log-in by django-allauth, and a content security policy of its own.

Unfold builds its pages with Alpine.js, which compiles the expressions in its attributes with `new
Function`, and it writes its theme's colours into a `<style>` element. So the pages below /admin/ alone get
'unsafe-eval' for scripts and 'unsafe-inline' for styles. Inline scripts and event-handler attributes stay
forbidden there as everywhere: a text that slips through unescaped still cannot run. All text of banks is
escaped or sanitised before it reaches a template.
"""

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import secure_admin_login
from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator
from unfold.sites import UnfoldAdminSite

View = Callable[..., HttpResponseBase]
ADMIN_POLICY = {"script-src": [SELF, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]}


class StrideAdminSite(UnfoldAdminSite):
    """The only admin site."""

    enable_nav_sidebar = True

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        return csp_replace(ADMIN_POLICY)(super().admin_view(view, cacheable))

    @method_decorator(csp_replace(ADMIN_POLICY))
    @method_decorator(secure_admin_login)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Visitors go to the site's log-in, which limits the rate; learners get 403, no second form."""
        return super().login(request, extra_context)
