"""Reports: each turns events into one kind of output and knows nothing of the engine."""
