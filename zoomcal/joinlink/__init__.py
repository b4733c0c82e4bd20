"""Finding, unwrapping and judging join links, and opening what Join opens."""
