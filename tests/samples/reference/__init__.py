"""What NumPy makes of a call in PyTorch's signature, where that takes more than a name."""
