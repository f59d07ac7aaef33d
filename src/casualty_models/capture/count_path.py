r"""The path from prior to posterior: in which order the counts of the cells come in.

If all counts grew in proportion, from none to their full size, an explanation of the data with
many classes would have next to no weight half-way, where the prior still outweighs what it explains
better; the particles that hold it would die out, however good it is at the end. In the Netherlands
table (`load_lists("netherlands_5")`) that loses a mode with a third of the posterior. What tells of
many classes is the rare cells, people on several lists, so they come first: at t the count is

.. math:: n_x \, t^{p_x}, \qquad p_x = 1 + 3 \, \frac{n_x}{n_x + n / 10}.

With three lists two classes have as many parameters as there are cells to explain, and the counts
grow in proportion, which takes fewer stages. The prior of alpha starts where all classes hold
people (`REFERENCE`) and comes to its own in proportion to t: classes die out easily but are hard
to bring to life.
"""

import numpy as np

from casualty_models.capture.class_exchange import exchange_classes
from casualty_models.capture.stick_breaking import (
    StickBreaking,
    draw_reference,
    log_density,
    log_features,
)
from casualty_models.capture.tempering import TemperingPath

_IN_PROPORTION = 3
_DELAY, _RARE = 3.0, 0.1
# Larger arrays are handed back to the system each time, which takes as long as the sums.
_NUMBERS_AT_ONCE = 60_000


def count_path(model: StickBreaking, counts: np.ndarray) -> TemperingPath:
    """Return the path from the reference to the posterior given the counts.

    Parameters
    ----------
    model
        The fixed parts.
    counts
        People of each cell, shape (cells, populations), or (cells, 1) for all populations.

    Examples
    --------
    Half-way the rare cell has more than its share.

    >>> import numpy as np
    >>> from casualty_models.capture.count_path import count_path
    >>> from casualty_models.capture.latent_class_priors import LatentClassPriors
    >>> from casualty_models.capture.stick_breaking import StickBreaking
    >>> four = StickBreaking(np.array([[1.0, 0, 0, 0], [1, 1, 0, 0]]), 2, LatentClassPriors())
    >>> path = count_path(four, np.array([[990.0], [10.0]]))
    >>> path.weights(np.array([0.5]))[:2, 0].round(1).tolist()
    [74.9, 4.1]
    """
    delay = _DELAY if model.lists > _IN_PROPORTION else 0.0
    powers = 1 + delay * counts / (counts + _RARE * counts.sum(axis=0))

    def weights(heat: np.ndarray) -> np.ndarray:
        return np.concatenate([counts * heat**powers, heat[None]])

    return TemperingPath(
        draw=lambda rng, shape: draw_reference(model, rng, shape),
        features=lambda state: log_features(model, state),
        weights=weights,
        log_density=lambda state, given: log_density(model, state, given),
        shuffle=lambda rng, state, heat: exchange_classes(model, rng, state, heat),
        block=max(1, _NUMBERS_AT_ONCE // (len(counts) * model.classes)),
    )
