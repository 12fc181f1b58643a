"""NumPy's inner loop of matmul."""
