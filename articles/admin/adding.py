"""The admin's page for adding a feed by its address: look first, then add."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.dateparse import parse_datetime

from articles import services
from articles.addresses import normal_url
from articles.admin.columns import linked
from articles.models import AddressField, Feed, HttpURLField, Language
from zeeguu.base.connections import release


class LookForm(forms.Form):
    url = AddressField(
        label="Address",
        max_length=500,
        validators=HttpURLField.default_validators,
        # Not a URLInput: browsers refuse what has no scheme, before we could add it.
        widget=forms.TextInput(attrs={"class": "vLargeTextField", "inputmode": "url"}),
        help_text="Of a feed, or of a page that names its feeds.",
    )
    language = forms.ModelChoiceField(
        Language.objects.learnable(), required=False, empty_label="as the feed says"
    )


class FeedForm(forms.ModelForm):
    """Refuses a new address that the crawler would never fetch."""

    def clean(self):
        facts = super().clean()
        url = normal_url(facts.get("url", ""))
        if url not in ("", self.instance.url):
            services.check_address(url)
        return facts


AddForm = forms.modelform_factory(
    Feed,
    form=FeedForm,
    fields=("url", "title", "language"),
    widgets={
        "url": forms.HiddenInput,
        "title": forms.TextInput(attrs={"class": "vLargeTextField"}),
    },
)


class AddByAddress:
    """For a ModelAdmin of feeds: its page preview/."""

    def get_urls(self):
        page = self.admin_site.admin_view(self.preview_view)
        return [
            path("preview/", page, name="articles_feed_preview"),
            *super().get_urls(),
        ]

    def preview_view(self, request):
        if not self.has_add_permission(request):
            raise PermissionDenied
        if "add" in request.POST:
            add_form = AddForm(request.POST)
            if add_form.is_valid():
                return self._add(request, add_form)
            context = {"look_form": LookForm(request.POST), "add_form": add_form}
        else:
            look_form = LookForm(request.POST or None)
            found = look(look_form) if look_form.is_valid() else {}
            context = {"look_form": look_form, **found}
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Add a feed by its address",
            "media": self.media,
            **context,
        }
        return TemplateResponse(request, "admin/articles/feed/preview.html", context)

    def _add(self, request, form):
        feed = form.save()
        self.log_addition(request, feed, [{"added": {}}])
        services.crawl_in_background([feed.pk])
        message = f"{feed} was added, and its first crawl has started."
        self.message_user(request, message, messages.SUCCESS)
        may_look = self.has_view_or_change_permission(request)
        return redirect("admin:articles_feed_changelist" if may_look else "admin:index")


def look(form):
    """What the page shows of a look at an address: known, or found and so on."""
    url, language = form.cleaned_data["url"], form.cleaned_data["language"]
    url = normal_url(url)
    if known := Feed.objects.at(url).first():
        return {"known": linked(known)}
    release()
    found = services.preview(url, language.pk if language else "")
    if found["error"]:
        return {"found": found}
    items = [
        {**item, "published_at": parse_datetime(item["published_at"] or "")}
        for item in found["items"]
    ]
    initial = {
        "url": url,
        "title": found["title"][:200],
        "language": language or found["language"],
    }
    return {
        "found": found,
        "items": items,
        "number": found["found"],
        "add_form": AddForm(initial=initial),
    }
