"""Thinks: what happened is folded into a lead's state, and the state says the one thing that is due. Nothing here touches the world."""
