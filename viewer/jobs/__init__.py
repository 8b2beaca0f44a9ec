"""Work beside the window: a thread pool, spawned processes kept warm, arrays shared with them."""
