"""Read what mail providers tell by webhook, one file each: first whether it is they who speak, then what they say."""
