"""Reads what comes back by mail: bounces, complaints, notes of absence, refusals and replies, told apart without asking anybody."""
