"""Ilim: one free search over a country's scientific databases."""
