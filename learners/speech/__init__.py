"""Speech: words and sentences to hear."""
