"""What a site pastes into its pages, and who looks at them."""
