"""How each operation works on a batch: the rules of vmap.

Apart from batches themselves (see transforms.batch): a rule sees plain values, with the batch as
the first dimension of those operands that have one, and returns the result, or a tuple of
them, batch first. An elementwise op needs no rule. An op without one runs member by member, and
says so once.

Nothing is imported here, as in transforms; `rules.table` has all rules.
"""
