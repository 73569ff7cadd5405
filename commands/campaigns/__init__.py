"""Campaigns as files: checked, begun from a sample, tried, started and changed."""
