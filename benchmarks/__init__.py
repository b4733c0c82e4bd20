"""How fast and how small, as ratios against a floor or a peer in the same run."""
