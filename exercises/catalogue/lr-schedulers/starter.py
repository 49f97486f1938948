def lr_at(step: int, total: int, kind: str, base: float, peak: float, final: float, warmup: int) -> float:
    """The learning rate at a step from 0 to total, both included.

    `kind` is "constant", "step", "cosine", "restarts", "warmup_cosine", "one_cycle" or "one_cycle_linear";
    `warmup` is the length of the first phase in steps. Raises ValueError for a step outside 0..total, a total
    below 1, an unknown kind and a warmup that the kind cannot use.
    """
    raise NotImplementedError
