"""What a learner is like: languages, preferences, classes."""
