"""Transforms below the tape: batches of arrays and arrays with tangents that look like one array.

Apart from `func` and `autograd.forward_ad`, which offer them to users, and from `ops`, whose
records say how each operation takes part. A tensor's array may be a BatchedArray (vmap) or a
DualArray (forward mode), one inside another where transforms nest. The tape knows nothing of
it: nodes save such arrays, rules compute with them, and the two directions mix freely.
See docs/decisions/0007-transforms-are-arrays.md.

Nothing is imported here: of a package that imports its own modules, two threads that each begin
with another module wait for each other.
"""
