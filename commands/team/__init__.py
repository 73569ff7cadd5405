"""Who works here, what waits for them, and what they did."""
