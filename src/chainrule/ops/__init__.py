"""The table of operations: each a kernel and a derivative, written once.

Apart from `functions`, which gives them PyTorch's names and signatures: here inputs go by
position, parameters by keyword, and nothing has a default.
"""
