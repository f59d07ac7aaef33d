"""What is true of a simulated event, drawn from the priors."""

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from casualty_models.events import Event, Report, Strata
    from casualty_models.priors import TollPriors

type Truth = dict[str, np.ndarray]

NUISANCE = (
    "wounded_half_time", "shape", "wounded_shape", "silence", "walk_scale", "count_noise",
    "estimate_noise", "hospitalized_share",
)  # fmt: skip


def draw_truth(
    event: "Event",
    priors: "TollPriors",
    draws: int,
    rng: np.random.Generator,
    truth: dict[str, float],
) -> Truth:
    """Draw everything that is true of an event, one entry a simulated event.

    Parameters
    ----------
    event
        The design.
    priors
        Where the truths come from.
    draws
        How many.
    rng
        The generator.
    truth
        Values that are held fixed.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.events import Event
    >>> from casualty_models.priors import TollPriors
    >>> from casualty_models.simulate.truth import draw_truth
    >>> event = Event(name="example", kind="riot", start="2010-06-10", end="2010-06-12")
    >>> state = draw_truth(event, TollPriors(), 5, np.random.default_rng(1), {"true_killed": 9.0})
    >>> state["true_killed"]
    array([9., 9., 9., 9., 9.])
    """
    killed = np.exp(priors.log_killed.draw(rng, draws))
    ratio = priors.wounded_per_killed.draw(rng, draws)
    half_time = priors.half_time.draw(rng, draws)
    if event.end is None:
        so_far = (event.as_of_date - event.start).days + 1
        duration = so_far * (1 + priors.duration_growth.draw(rng, draws))
    else:
        duration = np.full(draws, (event.end - event.start).days + 1.0)
    state = {
        "true_killed": killed,
        "wounded_per_killed": ratio,
        "half_time": half_time,
        "duration": duration,
    }
    state |= {name: np.full(draws, float(value)) for name, value in truth.items()}
    state["true_wounded"] = state["true_killed"] * state["wounded_per_killed"]
    state["true_casualties"] = state["true_killed"] + state["true_wounded"]
    state["wounded_half_time"] = state["half_time"] * priors.wounded_half_time_ratio.draw(
        rng, draws
    )
    state["shape"] = priors.growth_shape.draw(rng, draws)
    state["wounded_shape"] = priors.growth_shape.draw(rng, draws)
    for name in ("silence", "walk_scale", "count_noise", "estimate_noise", "hospitalized_share"):
        state[name] = getattr(priors, name).draw(rng, draws)
    return state


class Division:
    """How the killed and the wounded of simulated events are divided among its parts.

    Parameters
    ----------
    strata
        The parts; None for an event that is not divided.
    priors
        Where the sizes of the parts come from.
    draws
        How many simulated events.
    rng
        The generator.

    Examples
    --------
    >>> import numpy as np
    >>> from casualty_models.events import Strata
    >>> from casualty_models.priors import TollPriors
    >>> from casualty_models.simulate.truth import Division
    >>> division = Division(Strata(place=["Osh"]), TollPriors(), 5, np.random.default_rng(1))
    >>> [share.sum().round(6) for share in division.killed]
    [np.float64(1.0), np.float64(1.0), np.float64(1.0), np.float64(1.0), np.float64(1.0)]
    """

    def __init__(
        self, strata: "Strata | None", priors: "TollPriors", draws: int, rng: np.random.Generator
    ) -> None:
        self.levels = strata.levels if strata else {}
        self.cells = [
            dict(zip(self.levels, names, strict=True)) for names in product(*self.levels.values())
        ]
        spread, ratio_spread = (
            getattr(priors, name).draw(rng, draws) for name in ("part_spread", "part_ratio_spread")
        )
        size, ratio = np.zeros((draws, len(self.cells))), np.zeros((draws, len(self.cells)))
        self.reach = np.ones((draws, len(self.cells)))
        for way, names in self.levels.items():
            for name in names:
                inside = [n for n, cell in enumerate(self.cells) if cell[way] == name]
                named = spread * rng.normal(size=draws)
                away = priors.unnamed_part.draw(rng, draws) if name == names[-1] else named
                size[:, inside] += away[:, None]
                ratio[:, inside] += (ratio_spread * rng.normal(size=draws))[:, None]
                if way == "group":
                    self.reach[:, inside] = priors.reach.draw(rng, draws)[:, None]
        if len(self.levels) > 1:
            size += 0.5 * spread[:, None] * rng.normal(size=size.shape)
        self.killed = np.exp(size)
        self.killed /= self.killed.sum(axis=1, keepdims=True)
        self.wounded = self.killed * np.exp(ratio)
        self.wounded /= self.wounded.sum(axis=1, keepdims=True)

    def share(
        self, quantity: str, part: dict[str, str | None], *, treated: bool = False
    ) -> np.ndarray:
        """Return the share of the killed or of the wounded in a part, one entry a draw.

        Parameters
        ----------
        quantity
            "killed" or "wounded".
        part
            Name of the place, group or period.
        treated
            Only those wounded who come to those who count them.
        """
        of_cells = self.killed if quantity == "killed" else self.wounded
        if treated and quantity != "killed":
            of_cells = of_cells * self.reach
        named = {way: name for way, name in part.items() if name is not None}
        inside = [all(cell[w] == name for w, name in named.items()) for cell in self.cells]
        return of_cells[:, inside].sum(axis=1)

    def of_report(self, report: "Report", quantity: str) -> np.ndarray:
        """Return the share of the killed or of the wounded that a report is about."""
        authorities = ("official", "health_ministry", "hospital")
        treated = report.source_kind in authorities or report.quantity == "hospitalized"
        part = {way: getattr(report, way) for way in self.levels}
        return self.share(quantity, part, treated=treated)
