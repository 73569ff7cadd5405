"""Where programs of others come in: the REST API, by tokens with scopes."""
