"""Hands recorded runs to programs that people already look at."""
