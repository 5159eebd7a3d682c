"""What learners did with articles: read, saved, liked, hid, reported."""
