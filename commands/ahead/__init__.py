"""What a campaign would do: with very many leads, or day by day with a few."""
