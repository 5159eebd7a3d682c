"""From a page's bytes to the text of its article, and what it says of itself."""
