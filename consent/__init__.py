"""Policy: the only place that says yes or no. Pure; standard library only."""
