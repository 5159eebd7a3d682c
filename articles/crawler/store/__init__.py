"""The only writing step: articles, what a visit changes on its feed, the history."""
