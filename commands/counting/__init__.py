"""What it all came to, in figures."""
