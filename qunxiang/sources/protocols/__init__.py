"""The ways clients speak to the intake, one file each: what they ask, say and want to hear back."""
