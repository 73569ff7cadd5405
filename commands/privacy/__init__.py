"""What is known of a person: given out, kept for so long, and erased."""
