from django.urls import path

from learners.pages import accounts, joining, placement, practice, views, words

app_name = "learners"

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("read/<str:code>/", views.language, name="language"),
    path("read/<str:code>/<int:pk>/", views.article, name="article"),
    path("read/<str:code>/<int:pk>/mine/", views.mine, name="mine"),
    path("practice/", practice.practice, name="practice"),
    path("practice/answer/", practice.answer, name="answer"),
    path("practice/undo/", practice.undo, name="undo"),
    path("read/<str:code>/<int:pk>/known/", views.known, name="known"),
    path("placement/", placement.place, name="placement"),
    path("articles/", views.articles, name="articles"),
    path("words/", words.words, name="words"),
    path("words/<int:pk>/", words.change, name="change-word"),
    path("words/<int:pk>/delete/", words.delete, name="delete-word"),
    path("account/", accounts.account, name="account"),
    path("account/preferences/", accounts.preferences, name="preferences"),
    path("account/languages/", accounts.learn, name="learn"),
    path("account/languages/<str:code>/leave/", accounts.leave, name="leave"),
    path("account/languages/<str:code>/activate/", accounts.activate, name="activate"),
    path("account/sessions/<int:pk>/end/", accounts.end_session, name="end-session"),
    path("account/password/", accounts.ChangePassword.as_view(), name="password"),
    path("account/delete/", accounts.delete, name="delete-account"),
    path("account/sign-up/", joining.sign_up, name="sign-up"),
    path("account/confirm/", joining.confirm, name="confirm"),
    path("account/confirm/again/", joining.another_code, name="another-code"),
    path("account/address/", joining.address, name="address"),
    path("account/forgotten/", joining.forgotten, name="forgotten"),
    path("account/reset/", joining.reset, name="reset"),
    path("account/sign-in/", accounts.SignIn.as_view(), name="sign-in"),
    path("account/sign-out/", accounts.SignOut.as_view(), name="sign-out"),
]
