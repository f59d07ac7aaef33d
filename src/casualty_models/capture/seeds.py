"""Seeds: one is drawn where none is given, so that every result can be had again."""

import numpy as np


def known_seed(random_seed: int | None) -> int:
    """Return the seed that was given, or a new one.

    Examples
    --------
    >>> from casualty_models.capture.seeds import known_seed
    >>> known_seed(7), known_seed(None) >= 0
    (7, True)
    """
    return int(np.random.default_rng().integers(2**31)) if random_seed is None else random_seed
