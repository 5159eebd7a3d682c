"""The API's schema, and its documentation for people."""

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from zeeguu.base.refusals import ONCE, NamesRefused


class SchemaView(NamesRefused, SpectacularAPIView):
    """OpenAPI, as YAML or JSON."""


class DocsView(NamesRefused, SpectacularSwaggerSplitView):
    """Swagger's page; it gets its script by a parameter."""

    own_parameters = {"get": {"script": ONCE}}
