"""Programs of others: those that come in by the API, and those that are told."""
