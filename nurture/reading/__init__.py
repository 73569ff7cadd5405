"""Reads campaign files, and says what is wrong with one in a marketer's words."""
