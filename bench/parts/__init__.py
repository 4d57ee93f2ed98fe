"""What the benches share: made children, the builds compared, load, and counting of CPU."""
