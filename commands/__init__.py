"""Serves marketing operations: a file for each noun of ``starter.py``, and what they share."""
