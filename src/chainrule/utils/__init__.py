"""What programs use beside tensors: nested containers, checkpoints and the like.

Apart from what they are used with: each module is imported by its own name, when it is asked for.
"""
