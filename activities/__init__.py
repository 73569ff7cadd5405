"""Acts: the steps with outside effects. Each is small, keyed, and safe to run twice."""
