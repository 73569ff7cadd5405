"""Says why: a life is told again, explained, and supposed to be otherwise."""
