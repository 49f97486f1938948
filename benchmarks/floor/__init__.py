"""What a click would cost if grading cost nothing: an empty view that sends a task that does nothing."""
