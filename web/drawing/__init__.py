"""Draws pictures as geometry alone: templates make SVG of it, and tests see that nothing overlaps."""
