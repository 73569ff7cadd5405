"""What pages and reports show, in a few queries each."""
