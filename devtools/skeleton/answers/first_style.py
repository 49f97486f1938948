"""TODO: the style in one line, such as: Loops over positions."""


def new_exercise(x):
    raise NotImplementedError  # TODO: a right answer that is written quite differently
