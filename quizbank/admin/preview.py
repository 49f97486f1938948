"""The live preview: Markdown with its expressions worked out, as sanitised HTML."""

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from frontend.markup import render
from quizbank import variants, yaml_text
from quizbank.content import MAX_TEXT
from quizbank.expressions import Budget, ExpressionError, Value, expand
from quizbank.fields import Fields
from quizbank.problems import InstanceError, Problem


@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """An HTML fragment of the form field `text`; `variant` may hold the YAML that names its numbers."""
    text = request.POST.get("text", "")
    if len(text) > MAX_TEXT:
        return HttpResponse(_notice(f"A text has at most {MAX_TEXT:,} characters, this has {len(text):,}."))
    budget = Budget()
    try:
        shown = expand(text, _names(request.POST.get("variant", ""), budget), budget)
    except (ExpressionError, InstanceError, yaml_text.YamlError) as error:
        return HttpResponse(_notice(str(error)) + render(text))
    return HttpResponse(render(shown))


def _names(source: str, budget: Budget) -> dict[str, Value]:
    """The example's numbers, else those of seed 0; none where the question is no variant."""
    if not source.strip():
        return {}
    if len(source) > MAX_TEXT:
        raise InstanceError("variant", f"has more than {MAX_TEXT:,} characters")
    problems: list[Problem] = []
    variant = variants.read(Fields(yaml_text.load(source)[0], problems, "variant"))
    if problems:
        raise InstanceError(problems[0].field, problems[0].expected)
    return variants.example(variant, budget) or next(variants.scopes(variant, 0, budget))


def _notice(message: str) -> str:
    return format_html('<p class="stride-preview__problem" role="alert">{}</p>', message)
