"""Which lexemes a learner knows, and how much of a text that is."""
