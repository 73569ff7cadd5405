"""The people of the team, and the programs that they let in."""
