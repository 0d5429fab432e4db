"""The language: reading, writing, checking, saying and comparing rules and measures."""
