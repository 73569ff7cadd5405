"""What the people of the team have to do, decide and tell."""
