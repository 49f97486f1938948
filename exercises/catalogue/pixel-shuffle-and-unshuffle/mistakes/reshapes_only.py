"""You reshaped without transposing.

A reshape keeps the order of the values in memory, so that your image is one channel after the other, cut
into longer rows. Split the channels into `(c, r, r)`, bring the offsets beside height and width by a
transpose, and reshape then.
"""


def check(x, r):
    if x.ndim != 4:
        raise ValueError("x needs four axes")
    if r < 1:
        raise ValueError("r must be at least 1")


def pixel_shuffle(x, r):
    check(x, r)
    n, channels, height, width = x.shape
    if channels % (r * r):
        raise ValueError("the channels are not divisible by r * r")
    c = channels // (r * r)
    return x.reshape(n, c, height * r, width * r)


def pixel_unshuffle(x, r):
    check(x, r)
    n, c, rows, columns = x.shape
    if rows % r or columns % r:
        raise ValueError("the image is not divisible by r")
    return x.reshape(n, c * r * r, rows // r, columns // r)
