"""Words met: what was tapped, where, and what it meant there."""
