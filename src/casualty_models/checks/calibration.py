"""Simulation-based calibration: whether answers from simulated reports fit their truths."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from casualty_models.batch import fit_many
from casualty_models.checks.reports_fit import reports_fit
from casualty_models.checks.uniform_ranks import ecdf_pvalue, histogram_pvalue
from casualty_models.errors import DataError
from casualty_models.priors import TollPriors
from casualty_models.simulate import simulate_event

if TYPE_CHECKING:
    import xarray as xr

    from casualty_models.events import Event

SMALL = {"draws": 400, "tune": 400, "chains": 2}
AT_ONCE = 20  # results kept in memory
SUSPECT = 0.01
PARAMETERS = ("true_killed", "true_wounded", "half_time", "duration")
FIT = "fit to the reports"
SKEWED, U_SHAPED = 0.05, 0.15  # mean rank from a half; variance of ranks from that of even ones


@dataclass(frozen=True)
class Calibration:
    """Ranks of true values among draws from the posterior.

    Attributes
    ----------
    ranks
        One row a simulated event, one column a test quantity: how many of the draws lie below the
        truth. Quantities that were known from the start are left out.
    levels
        Number of draws that each truth was ranked among.
    """

    ranks: pd.DataFrame
    levels: int


def calibration(
    design: "Event",
    priors: TollPriors | None = None,
    *,
    repeats: int = 100,
    levels: int = 20,
    truth_priors: TollPriors | None = None,
    random_seed: int | None = None,
    **settings: Any,  # noqa: ANN401
) -> Calibration:
    r"""Simulate events like a given one, fit each, and rank the truth among the draws.

    If the model and its sampler are right, and truths come from its own priors, then the number of
    posterior draws below the truth is uniform,

    .. math:: \#\{l : f(\theta_l, y) < f(\theta, y)\} \sim \mathrm{Uniform}\{0, \dots, L\}

    for every test quantity f. Besides the tolls (of each part too, where the design has strata) and
    the speed of counting one of them depends on the reports (`reports_fit`): a sampler that ignored
    the reports would pass all the others.
    The events are simulated by `simulate_event`, an implementation of its own in NumPy, so that a
    mistake would have to be made twice to go unseen.

    That the model is calibrated to itself does not make it true: only settled events tell how well
    it predicts (`backtest`).

    Parameters
    ----------
    design
        Whose dates, sources and kinds of report the simulated events share.
    priors
        Of the model; by default those of the design's kind and mechanism.
    repeats
        Number of simulated events. 100 find gross mistakes, 500 those of a few percent.
    levels
        Number of draws to rank the truth among, thinned so that they are nearly independent.
    truth_priors
        Where truths come from, by default ``priors``. Give others to see whether the check would
        notice a model that is wrong in that way.
    random_seed
        Seed of everything.
    **settings
        Of `fit_many`; by default 400 draws and tuning steps in each of 2 chains.

    Returns
    -------
    The ranks; see `calibration_table` for the verdict.

    Raises
    ------
    DataError
        If the design has no report to simulate, or there are fewer than 20 repeats or draws than
        levels.

    Notes
    -----
    Talts et al. 2018, arXiv 1804.06788; Modrák et al. 2023, Bayesian Analysis, for test
    quantities that depend on the data.

    Examples
    --------
    >>> from casualty_models.checks import calibration, calibration_table
    >>> found = calibration(event, repeats=100, random_seed=1)  # doctest: +SKIP
    >>> calibration_table(found)["verdict"]  # doctest: +SKIP
    """
    settings = SMALL | {"progress": False} | settings
    _check(repeats, levels, settings)
    priors = priors or TollPriors.for_event(design.kind, design.mechanism)
    seeds = np.random.SeedSequence(random_seed).generate_state(2 * repeats).reshape(repeats, 2)
    rows: list[dict[str, float]] = []
    for start in range(0, repeats, AT_ONCE):
        part = seeds[start : start + AT_ONCE]
        simulated = [
            simulate_event(design, truth_priors or priors, random_seed=int(s)) for s, _ in part
        ]
        events = [event for event, _ in simulated]
        results = fit_many(
            events, priors=[priors] * len(events), random_seed=int(part[0][1]), **settings
        )
        for (event, truth), result in zip(simulated, results, strict=True):
            if isinstance(result, DataError):
                raise result
            rows.append(ranks_of_truth(event, truth, result, priors=priors, levels=levels))
    return Calibration(pd.DataFrame(rows), levels)


def ranks_of_truth(
    event: "Event",
    truth: dict[str, float],
    result: "xr.DataTree",
    *,
    priors: TollPriors,
    levels: int,
) -> dict[str, float]:
    """Return how many of some draws lie below the truth, for each test quantity.

    Parameters
    ----------
    event, truth
        What `simulate_event` returned.
    result
        A fit to the event.
    priors
        Of the model.
    levels
        Number of draws to use.

    Examples
    --------
    >>> from casualty_models.checks.calibration import ranks_of_truth
    >>> from casualty_models.inference import event_of
    >>> from casualty_models.priors import TollPriors
    >>> truth = {"true_killed": 1e6, "true_wounded": 1.0, "half_time": 1.0, "duration": 1e3}
    >>> ranks = ranks_of_truth(event_of(result), truth, result, priors=TollPriors(), levels=20)
    >>> ranks["true_killed"], ranks["true_wounded"]
    (20, 0)
    """
    parts = [name for name in truth if name.endswith("]")]
    draws = _thinned(result, [*PARAMETERS, *parts], levels)
    known = {name: np.array([truth[name]]) for name in draws}
    draws[FIT], known[FIT] = reports_fit(event, draws, priors), reports_fit(event, known, priors)
    return {
        name: int((values < known[name]).sum())
        for name, values in draws.items()
        if np.ptp(values) > 0
    }


def calibration_table(found: Calibration) -> pd.DataFrame:
    """Return whether the ranks of each test quantity are even, with what is wrong if not.

    Parameters
    ----------
    found
        What `calibration` returned.

    Returns
    -------
    Index: test quantity. Columns: ``mean``, the mean rank as a share, a half when even;
    ``p_histogram``, ``p_ecdf``, probabilities of ranks at least so uneven by chance; ``verdict``.
    A verdict is given at 1 percent over all quantities together (Bonferroni).

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from casualty_models.checks import calibration_table
    >>> from casualty_models.checks.calibration import Calibration
    >>> even = np.tile(np.arange(21), 5)
    >>> ranks = pd.DataFrame({"true_killed": even, "true_wounded": np.minimum(even + 10, 20)})
    >>> calibration_table(Calibration(ranks, 20))["verdict"].tolist()
    ['even', 'answers are too low']
    """
    rows = {}
    for name, column in found.ranks.items():
        ranks = column.dropna().to_numpy(dtype=int)
        p_values = {
            "p_histogram": histogram_pvalue(ranks, found.levels),
            "p_ecdf": ecdf_pvalue(ranks, found.levels),
        }
        suspect = min(p_values.values()) < SUSPECT / (2 * found.ranks.shape[1])
        verdict = _what_is_wrong(ranks, found.levels) if suspect else "even"
        rows[name] = {"mean": float(ranks.mean() / found.levels), **p_values, "verdict": verdict}
    return pd.DataFrame.from_dict(rows, orient="index")


def calibration_sentence(found: Calibration) -> str:
    """Return the verdict of simulation-based calibration in a sentence.

    Parameters
    ----------
    found
        What `calibration` returned.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> from casualty_models.checks import calibration_sentence
    >>> from casualty_models.checks.calibration import Calibration
    >>> calibration_sentence(Calibration(pd.DataFrame({"duration": np.arange(21)}), 20))
    'In 21 simulated events the truth lay where the model said it would, as far as chance tells.'
    """
    wrong = calibration_table(found).query("verdict != 'even'")["verdict"]
    opening = f"In {len(found.ranks)} simulated events"
    if not len(wrong):
        return f"{opening} the truth lay where the model said it would, as far as chance tells."
    told = "; ".join(f"{name}: {verdict}" for name, verdict in wrong.items())
    return f"{opening} the truth did not lie where the model said it would: {told}."


def _check(repeats: int, levels: int, settings: dict[str, Any]) -> None:
    draws = settings["draws"] * settings["chains"]
    if repeats < 20 or not 1 <= levels <= draws:  # noqa: PLR2004
        raise DataError(
            "20 repeats or more are needed, and at least as many draws as levels",
            place="calibration",
            value=f"repeats={repeats}, levels={levels}, {draws} draws",
            remedy="The defaults are repeats=100, levels=20.",
        )


def _thinned(result: "xr.DataTree", names: list[str], levels: int) -> dict[str, np.ndarray]:
    posterior = result["posterior"].to_dataset()
    flat = {name: _flat(posterior, name) for name in names}
    return {name: values[:: len(values) // levels][:levels] for name, values in flat.items()}


def _flat(posterior: "xr.Dataset", name: str) -> np.ndarray:
    """Return the draws of a variable, or of one label of it: ``true_killed_by_place[Osh]``."""
    variable, _, label = name.removesuffix("]").partition("[")
    draws = posterior[variable]
    if name == "half_time":
        label = "killed"
    for dim in set(draws.dims) - {"chain", "draw"}:
        draws = draws.sel({dim: label})
    return np.asarray(draws.transpose("chain", "draw").values).ravel()


def _what_is_wrong(ranks: np.ndarray, levels: int) -> str:
    share = ranks / levels
    if abs(share.mean() - 0.5) > SKEWED:
        return "answers are too low" if share.mean() > 0.5 else "answers are too high"  # noqa: PLR2004
    even = (levels + 2) / (12 * levels)
    if abs(share.var() / even - 1) > U_SHAPED:
        return "intervals are too narrow" if share.var() > even else "intervals are too wide"
    return "uneven"
