"""Real servers that tests start for themselves, and the files these need."""
