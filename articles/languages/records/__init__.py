"""One module a language, named by its code, each with its record as LANGUAGE."""
