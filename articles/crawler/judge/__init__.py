"""Which articles are fit for readers, and which are the same. Decisions only."""
