from django.urls import path

from ops.health import EVERYTHING, READY, HealthView
from ops.views import PoolView

app_name = "health"
urlpatterns = [
    path("", HealthView.as_view(checks=EVERYTHING), name="all"),
    path("live", HealthView.as_view(checks=()), name="live"),
    path("ready", HealthView.as_view(checks=READY), name="ready"),
    path("pool", PoolView.as_view(), name="pool"),
]
