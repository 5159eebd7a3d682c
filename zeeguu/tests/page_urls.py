"""The site, and its pages for errors at addresses of their own."""

from django.shortcuts import render
from django.urls import path

from zeeguu import urls


def error(request, code):
    return render(request, f"{code}.html", {"wait_s": 42})


urlpatterns = [path("error/<int:code>/", error), *urls.urlpatterns]
handler404 = urls.handler404
