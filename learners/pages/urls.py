from django.urls import path

from learners.pages import views

app_name = "learners"

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("read/<str:code>/", views.language, name="language"),
    path("read/<str:code>/<int:pk>/", views.article, name="article"),
]
