"""Counts: shares with their intervals, sides of a split, and what another edition would change."""
