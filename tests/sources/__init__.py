"""The readers and writers of files."""
