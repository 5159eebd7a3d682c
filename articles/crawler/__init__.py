"""From a feed's address to stored articles: fetch, parse, extract, judge, store.

Each step is a function from data to data. Only ``store`` writes; ``run`` puts the steps
together.
"""
