"""Running a plan on operands, block by block."""
