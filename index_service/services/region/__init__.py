"""What deriver and locator do for the members of a region; neither knows a child."""
