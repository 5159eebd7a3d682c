"""The admin of all that is crawled; Django looks for it here."""

from articles.admin.content import ArticleAdmin, LanguageAdmin, TopicAdmin
from articles.admin.feeds import FeedAdmin
from articles.admin.rules import JudgeRuleAdmin
from articles.admin.runs import CrawlRunAdmin, FeedVisitAdmin

__all__ = [
    "ArticleAdmin",
    "CrawlRunAdmin",
    "FeedAdmin",
    "FeedVisitAdmin",
    "JudgeRuleAdmin",
    "LanguageAdmin",
    "TopicAdmin",
]
