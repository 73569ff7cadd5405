"""Campaigns as they were started: every edition, and what they came to."""
