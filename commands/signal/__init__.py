"""What happened to a lead, recorded by hand."""
