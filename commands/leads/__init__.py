"""Many leads: taken in from files, and ranked."""
