"""Listens and shows: forms of the company's site, refusals, the reps' inbox, and the pages that they are used on."""
