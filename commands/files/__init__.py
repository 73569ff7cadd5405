"""What people hand in as files, read: leads row by row, and campaigns beside one another."""
