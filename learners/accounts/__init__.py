"""Accounts: signing up and in, sessions, codes by mail, and their end."""
