"""The API of our own and other front ends, by Django REST framework."""
