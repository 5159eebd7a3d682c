"""Articles found by their words, by what the database itself has for that."""
