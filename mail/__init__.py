"""Writes and carries letters: fills templates in, composes messages, signs links, and hands messages to a mail server."""
