"""What comes from the company's site: forms, what visitors look at, and files that are given."""
