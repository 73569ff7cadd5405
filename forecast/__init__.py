"""Foresees: the pure core, for very many leads that are made up. It knows neither database nor Temporal."""
