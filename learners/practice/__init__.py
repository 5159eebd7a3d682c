"""Practice: when which word is due, reviews, statistics and streaks."""
