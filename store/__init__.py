"""Keeps: what is known of leads, what they did, what was sent and why, and what reps have to do."""
