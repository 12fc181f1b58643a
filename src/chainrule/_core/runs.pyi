"""What one backward pass keeps about the nodes that it reaches."""
