r"""Sequential Monte Carlo along a path of densities, with Hamiltonian moves.

Particles start as exact draws of a simple distribution and follow it as it turns into the target,

.. math:: \log p_t(z) = \log p_0(z) + \sum_f w_f(t) \, \phi_f(z) + \text{const}, \quad 0 \le t \le 1

At each stage t goes on as far as the weights of the particles allow (their effective number stays
at half), some are chosen by weight, and each of them moves on by a short Markov chain. All states
of all chains are the particles of the next stage, so that no move is wasted. The mean weights
multiply to an estimate of the evidence without bias. A mode gets its weight by the particles that
followed it, so no chain has ever to jump from one mode to another.

Sources: Del Moral, Doucet and Jasra (2006), JRSS B 68:411-436; waste-free: Dau and Chopin (2022),
JRSS B 84:114-148; Hamiltonian moves tuned on the particles: Buchholz, Chopin and Jacob (2021),
Bayesian Analysis 16:745-771.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

_EFFECTIVE = 0.5
_ACCEPT = 0.8
_LENGTH = 1.5
_MOST_STEPS = 500
_FIRST_STEP = 0.3
_HALVINGS = 50
_LEARNING = 0.7
_LEAST_SPREAD = 1e-3
_JITTER = (-0.5, 0.2)


@dataclass(frozen=True)
class TemperingPath:
    """What the sampler has to know of a path of densities.

    Parameters
    ----------
    draw
        From a generator and a shape (populations, particles), exact states at t = 0.
    features
        From states, shape (dimension, populations, particles), their features: (features, ...).
    weights
        From t of each population, the weights of the features: (features, populations).
    log_density
        From states and weights, the log density up to a constant and its gradient.
    shuffle
        From a generator, states and t, states after further moves that keep the density.
    block
        How many particles are moved at once; arrays that fit the cache are several times as fast.
    """

    draw: Callable[[np.random.Generator, tuple[int, int]], np.ndarray]
    features: Callable[[np.ndarray], np.ndarray]
    weights: Callable[[np.ndarray], np.ndarray]
    log_density: Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]
    shuffle: Callable[[np.random.Generator, np.ndarray, np.ndarray], np.ndarray]
    block: int = 1000


@dataclass(frozen=True)
class Effort:
    """How much work goes into the sampling.

    Parameters
    ----------
    populations
        Independent samplers, run side by side.
    chains
        Chains in each population.
    steps
        States of each chain at each stage but the last.
    last
        States of each chain at the last stage: these are the draws.
    """

    populations: int
    chains: int
    steps: int
    last: int


@dataclass(frozen=True, eq=False)
class Tempered:
    """Draws of the target by independent populations.

    Parameters
    ----------
    states
        Shape (dimension, populations, draws); the states of a chain, and chains of one origin,
        stand beside each other.
    log_evidence
        Of each population.
    stages
        Number of densities on the path.
    """

    states: np.ndarray
    log_evidence: np.ndarray
    stages: int


def temper(path: TemperingPath, effort: Effort, rng: np.random.Generator) -> Tempered:
    """Follow the path and return draws of the target and its evidence.

    Examples
    --------
    The target is a normal density with mean 3, the start one with mean 0.

    >>> import numpy as np
    >>> from casualty_models.capture.tempering import Effort, TemperingPath, temper
    >>> path = TemperingPath(
    ...     draw=lambda rng, shape: rng.standard_normal((1, *shape)),
    ...     features=lambda state: 3 * state - 4.5,
    ...     weights=lambda heat: heat[None],
    ...     log_density=lambda state, weights: (
    ...         (3 * weights[..., None] * state - state**2 / 2)[0],
    ...         3 * weights[..., None] - state,
    ...     ),
    ...     shuffle=lambda rng, state, heat: state,
    ... )
    >>> tempered = temper(path, Effort(2, 100, 10, 10), np.random.default_rng(1))
    >>> tempered.states.shape, np.round(tempered.states.mean(), 1)
    ((1, 2, 1000), np.float64(3.0))
    >>> bool(abs(tempered.log_evidence).max() < 0.5)
    True
    """
    states = path.draw(rng, (effort.populations, effort.chains * effort.steps))
    heat = np.zeros(effort.populations)
    log_evidence = np.zeros(effort.populations)
    step = np.full((effort.populations, 1), _FIRST_STEP)
    stages = 0
    while heat.min() < 1:
        heat, log_weight = _advance(path, path.features(states), heat)
        log_evidence += _log_mean(log_weight)
        start = _resample(states, log_weight, effort.chains, rng)
        steps = effort.steps if heat.min() < 1 else effort.last
        states, step = _walk(path, heat, start, step, steps, rng)
        stages += 1
    return Tempered(states, log_evidence, stages)


def _advance(
    path: TemperingPath, features: np.ndarray, heat: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return t of the next stage, as far on as the weights allow, and the log weights."""
    now = path.weights(heat)

    def log_weight(later: np.ndarray) -> np.ndarray:
        return np.einsum("fb,fbp->bp", path.weights(later) - now, features)

    lower, upper = heat, np.ones_like(heat)
    whole = _effective_share(log_weight(upper)) >= _EFFECTIVE
    for _ in range(_HALVINGS):
        middle = (lower + upper) / 2
        enough = _effective_share(log_weight(middle)) >= _EFFECTIVE
        lower, upper = np.where(enough, middle, lower), np.where(enough, upper, middle)
    following = np.where(whole, 1.0, lower)
    return following, log_weight(following)


def _effective_share(log_weight: np.ndarray) -> np.ndarray:
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    return weight.mean(axis=1) ** 2 / (weight**2).mean(axis=1)


def _log_mean(log_weight: np.ndarray) -> np.ndarray:
    top = log_weight.max(axis=1)
    return top + np.log(np.exp(log_weight - top[:, None]).mean(axis=1))


def _resample(
    states: np.ndarray, log_weight: np.ndarray, chains: int, rng: np.random.Generator
) -> np.ndarray:
    """Choose starts by weight, systematically: their order, and so their kinship, is kept."""
    total = np.exp(log_weight - log_weight.max(axis=1, keepdims=True)).cumsum(axis=1)
    places = (np.arange(chains) + rng.random((len(total), 1))) / chains * total[:, -1:]
    chosen = np.stack([np.searchsorted(*pair) for pair in zip(total, places, strict=True)])
    return np.take_along_axis(states, chosen[None], axis=2)


def _walk(
    path: TemperingPath,
    heat: np.ndarray,
    state: np.ndarray,
    step: np.ndarray,
    steps: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the states of chains from each start, and the step size that they have learned."""
    spread = np.maximum(state.std(axis=2, keepdims=True), _LEAST_SPREAD)
    weights, blocks, kept = path.weights(heat), _blocks(path, state), []
    # A trajectory that runs off to where numbers end is refused by its energy.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for _ in range(steps):
            state = path.shuffle(rng, state, heat)
            size = spread * step * np.exp(rng.uniform(*_JITTER, state.shape[1:]))
            length = _LENGTH * rng.uniform(0.5, 1.5) / np.exp(np.log(step).mean())
            count = int(np.clip(np.ceil(length), 1, _MOST_STEPS))
            parts = [_move(path, weights, state[b], size[b], count, rng) for b in blocks]
            state, chance = (np.concatenate(part, axis=-1) for part in zip(*parts, strict=True))
            step = step * np.exp(_LEARNING * (chance.mean(axis=1, keepdims=True) - _ACCEPT))
            kept.append(state)
    return np.stack(kept, axis=-1).reshape(*state.shape[:2], -1), step


def _blocks(path: TemperingPath, state: np.ndarray) -> list[tuple[slice, slice, slice]]:
    """Return slices of the chains of all populations."""
    _, populations, chains = state.shape
    width, whole = max(1, path.block // populations), slice(None)
    return [(whole, whole, slice(at, at + width)) for at in range(0, chains, width)]


def _move(
    path: TemperingPath,
    weights: np.ndarray,
    state: np.ndarray,
    size: np.ndarray,
    count: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Return states after one Hamiltonian trajectory each, and the chances that they had."""
    value, gradient = path.log_density(state, weights)
    velocity = rng.standard_normal(state.shape)
    energy = value - (velocity**2).sum(axis=0) / 2
    velocity *= size
    force = size**2
    moved = state.copy()
    velocity += force * gradient / 2
    for remaining in range(count, 0, -1):
        moved += velocity
        value, gradient = path.log_density(moved, weights)
        gradient *= force
        velocity += gradient if remaining > 1 else gradient / 2
    gain = value - ((velocity / size) ** 2).sum(axis=0) / 2 - energy
    chance = np.nan_to_num(np.exp(np.minimum(gain, 0.0)), nan=0.0)
    return np.where(rng.random(chance.shape) < chance, moved, state), chance
