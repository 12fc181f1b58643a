"""What is claimed of speed and size, measured beside PyTorch: `python -m benchmarks`."""
