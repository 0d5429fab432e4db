"""The intake: what real clients send it."""
