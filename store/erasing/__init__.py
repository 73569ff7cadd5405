"""How people are forgotten, and what is known of them until then."""
