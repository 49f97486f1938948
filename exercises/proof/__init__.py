"""Proves that an exercise's cases accept right answers and reject wrong ones: whole proofs in `proof`, the
automatic mutation of model answers in `operators`, `mutants`, `trial` and `survivors`.
"""
