"""TODO: what the learner did wrong, in one sentence.

TODO: why it is wrong, and a small example that shows it. Rename the file: its name is that of the mistake.
"""


def new_exercise(x):
    raise NotImplementedError  # TODO: a complete answer with this one thing wrong
