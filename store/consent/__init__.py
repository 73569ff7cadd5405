"""What a person agreed to, refused and wishes."""
