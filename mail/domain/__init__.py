"""Looks at what a domain says of its mail in DNS, and at the server that mail goes to, and says what to publish."""
