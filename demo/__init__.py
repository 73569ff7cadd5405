"""Shows the product: two years of 200 leads on the production code, with people played. Production does not come here."""
