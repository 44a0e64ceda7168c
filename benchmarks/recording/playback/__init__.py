"""One module for each way of playing or reading what was recorded."""
