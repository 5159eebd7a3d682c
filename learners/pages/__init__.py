"""The reader pages: plain HTML from templates/learners/."""
