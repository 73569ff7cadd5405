"""Runs everything on one machine: for trying the product out, for developing it, and for its tests. Production does not come here."""
