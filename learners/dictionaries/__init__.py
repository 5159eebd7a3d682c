"""What words mean: dictionaries as they are loaded, imported, edited and looked up."""
