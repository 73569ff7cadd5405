"""Whether everything goes as it must: no lead is forgotten, letters arrive, and runs go on with the code."""
