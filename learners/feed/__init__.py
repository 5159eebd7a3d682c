"""The order in which a learner is offered articles."""
