"""Banks in the admin, with import and export."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from unfold.admin import ModelAdmin
from unfold.decorators import display

from quizbank.admin.bank_import import UploadForm, counts, csv_response, shown, zip_response
from quizbank.importing import Upload, fingerprint
from quizbank.models import Attempt, Bank, Question
from quizbank.problems import BankErrors

PUBLISHED = Q(questions__status=Question.Status.PUBLISHED)


@admin.register(Bank)
class BankAdmin(ModelAdmin):
    """Import changes questions and topics, so it needs the rights to add and change all that a bank holds."""

    list_display = ("title", "slug", "published", "drafts", "export")
    search_fields = ("title", "slug")
    change_list_template = "admin/quizbank/bank_list.html"
    warn_unsaved_form = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Bank]:
        counted = {"published_count": Count("questions", filter=PUBLISHED), "all_count": Count("questions")}
        return super().get_queryset(request).annotate(**counted)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        return {} if obj else {"slug": ("title",)}

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        may_import = {"may_import": self.has_import_permission(request)}
        return super().changelist_view(request, {**may_import, **(extra_context or {})})

    @display(description="Published", ordering="published_count")
    def published(self, bank: Bank) -> int:
        return bank.published_count  # type: ignore[attr-defined]

    @display(description="Drafts")
    def drafts(self, bank: Bank) -> int:
        return bank.all_count - bank.published_count  # type: ignore[attr-defined]

    @display(description="Export")
    def export(self, bank: Bank) -> str:
        return format_html(
            '<a class="stride-link" href="{}">zip</a> · <a class="stride-link" href="{}">CSV</a>',
            reverse("admin:quizbank_bank_export_zip", args=[bank.pk]),
            reverse("admin:quizbank_bank_export_csv", args=[bank.pk]),
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A bank goes only while nobody has answered any of its questions."""
        answered = obj is not None and Attempt.objects.filter(question__bank=obj).exists()
        return super().has_delete_permission(request, obj) and not answered

    # Export

    def get_urls(self) -> list[URLPattern]:
        views = {
            "<int:pk>/export.zip": (self.export_zip_view, "export_zip"),
            "<int:pk>/export.csv": (self.export_csv_view, "export_csv"),
            "import/": (self.import_view, "import"),
        }
        urls = [
            path(route, self.admin_site.admin_view(view), name=f"quizbank_bank_{name}")
            for route, (view, name) in views.items()
        ]
        return [*urls, *super().get_urls()]

    def export_zip_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return zip_response(self._exported(request, pk))

    def export_csv_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return csv_response(self._exported(request, pk))

    def _exported(self, request: HttpRequest, pk: int) -> Bank:
        """Drafts and answers are in an export, so it takes the right to see questions."""
        if not (self.has_view_permission(request) and request.user.has_perm("quizbank.view_question")):
            raise PermissionDenied
        return get_object_or_404(Bank, pk=pk)

    # Import

    def has_import_permission(self, request: HttpRequest) -> bool:
        rights = [
            f"quizbank.{verb}_{model}"
            for verb in ("add", "change")
            for model in ("bank", "topic", "question", "questionset")
        ]
        return request.user.has_perms(rights)

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """GET: the form; POST with a file: the dry run; POST with a sealed upload: store it."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._import_page(request, form=UploadForm(initial={"bank": request.GET.get("bank")}))
        try:
            if "sealed" in request.POST:
                return self._confirmed(request, Upload.unsealed(request.POST["sealed"], request.user.pk))
            form = UploadForm(request.POST, request.FILES)
            return (
                self._dry_run(request, form.upload())
                if form.is_valid()
                else self._import_page(request, form=form)
            )
        except BankErrors as errors:
            return self._import_page(request, form=UploadForm(), errors=errors)

    def _dry_run(self, request: HttpRequest, upload: Upload, **context: Any) -> HttpResponse:
        changes = upload.difference()
        return self._import_page(
            request,
            upload=upload,
            sealed=upload.sealed(request.user.pk),
            fingerprint=fingerprint(changes),
            counts=counts(changes),
            changes=shown(changes),
            **context,
        )

    def _confirmed(self, request: HttpRequest, upload: Upload) -> HttpResponse:
        if fingerprint(upload.difference()) != request.POST.get("fingerprint"):
            return self._dry_run(request, upload, moved=True)
        changes = upload.apply()
        for label, _, number in counts(changes):
            messages.success(request, f"{label}: {number}")
        bank = Bank.objects.get(slug=upload.parsed().slug)
        self.log_change(request, bank, f"Imported {upload.name}")
        return HttpResponseRedirect(
            f"{reverse('admin:quizbank_question_changelist')}?bank__id__exact={bank.pk}"
        )

    def _import_page(self, request: HttpRequest, **context: Any) -> HttpResponse:
        errors = context.get("errors")
        context = {
            **self.admin_site.each_context(request),
            "title": "Import a bank",
            "opts": self.opts,
            "has_file_field": True,
            **context,
        }
        page = TemplateResponse(request, "admin/quizbank/import.html", context)
        page.status_code = 422 if errors else 200
        return page
