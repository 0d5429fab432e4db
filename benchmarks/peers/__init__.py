"""What others would do for the same question, as little as can be, to be measured beside us."""
