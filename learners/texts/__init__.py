"""Texts that learners bring along, private or shared with a class."""
