"""A campaign as it is planned: its models, its conditions, and what set its rules off."""
