"""Our own controls, as LOOK draws them; everything else stays the platform's."""
