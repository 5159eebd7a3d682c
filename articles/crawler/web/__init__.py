"""Asking the web, within limits: addresses, hosts, robots.txt, answers."""
