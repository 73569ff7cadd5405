"""Measures what a lead costs. Nothing here runs in production."""
