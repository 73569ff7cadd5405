"""Leads: who they are, how they are found again, and what they did."""
