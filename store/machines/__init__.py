"""What other programs read here, change here and are told."""
