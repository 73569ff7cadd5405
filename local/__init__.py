"""Runs everything on one machine: for development, for tests, and as the world of demo and rehearsals. Production does not come here."""
