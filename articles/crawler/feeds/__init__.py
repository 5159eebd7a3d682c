"""From a feed's bytes to its items, whatever form they are in. No network."""
