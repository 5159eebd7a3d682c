from django.urls import path

from learners.pages import accounts, views

app_name = "learners"

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("read/<str:code>/", views.language, name="language"),
    path("read/<str:code>/<int:pk>/", views.article, name="article"),
    path("read/<str:code>/<int:pk>/mine/", views.mine, name="mine"),
    path("account/", accounts.account, name="account"),
    path("account/sign-in/", accounts.SignIn.as_view(), name="sign-in"),
    path("account/sign-out/", accounts.SignOut.as_view(), name="sign-out"),
]
