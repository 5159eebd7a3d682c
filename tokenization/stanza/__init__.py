"""From texts to tokens: Stanza, its rules, and the shape of what comes out."""
