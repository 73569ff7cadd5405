"""One lead, and its company: where it stands, and what a human changes about it."""
