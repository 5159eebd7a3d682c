"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zeeguu.settings")

django_application = get_wsgi_application()

from zeeguu.base.bodies import WholeBodies  # noqa: E402 - needs the apps

application = WholeBodies(django_application)
# Else each worker would import all views for its first reader.
get_resolver().url_patterns  # noqa: B018 - a property that imports
