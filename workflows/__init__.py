"""Remembers and waits: thin Temporal shells around ``nurture``, and the gateway through which everything reaches a lead."""
