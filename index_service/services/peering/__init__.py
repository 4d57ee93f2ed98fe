"""Stories between authorities: asked and answered, routed, moved."""
