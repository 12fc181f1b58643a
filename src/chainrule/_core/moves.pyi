"""Loops that NumPy does not have as ufuncs: choosing, copying, widening."""
