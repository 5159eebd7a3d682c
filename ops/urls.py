from django.urls import path

from ops.health import EVERYTHING, READY, HealthView

app_name = "health"
urlpatterns = [
    path("", HealthView.as_view(checks=EVERYTHING), name="all"),
    path("live", HealthView.as_view(checks=()), name="live"),
    path("ready", HealthView.as_view(checks=READY), name="ready"),
]
