"""Why something happened to a lead, and what would have happened otherwise."""
