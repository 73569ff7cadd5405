"""Whether letters go, how fast, and what came in that only a human can make something of."""
