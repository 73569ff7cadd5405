"""Serves marketing operations: rooms for the nouns of ``starter.py``, and what all of them stand on."""
