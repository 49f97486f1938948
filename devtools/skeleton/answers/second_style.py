"""TODO: the style in one line, such as: A strided view and one einsum, in float32 where x is."""


def new_exercise(x):
    raise NotImplementedError  # TODO: another one
