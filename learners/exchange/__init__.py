"""Words that learners take along from other programs, and to them."""
