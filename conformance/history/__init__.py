"""Earlier runs: baselines of known findings, and the comparison of two runs."""
