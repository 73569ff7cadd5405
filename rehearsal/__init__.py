"""Rehearses: a few leads on the production code under skipped time, in a world that is thrown away and can reach nobody."""
