"""Dictionary files of others: what each format has, one entry after the other."""
