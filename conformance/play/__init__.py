"""Play scenarios on servers: the player records and judges nothing, the run tells what happened."""
