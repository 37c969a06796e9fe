"""Figures from the CSV files that `compare` writes."""
