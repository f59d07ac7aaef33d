"""The priors of each model: values with their meaning and their source."""

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, get_args

from casualty_models.distributions import (
    Distribution,
    Fixed,
    LogNormal,
    LogStudentT,
    Normal,
    StudentT,
    from_dict,
)
from casualty_models.errors import DataError
from casualty_models.events import KINDS

if TYPE_CHECKING:
    import pandas as pd

_FITTED = (
    "posterior means of the same equations fitted to 142 settled events, Osh 2010 not among them"
    " (docs: Priors)"
)
_COUPLAND = "Coupland & Meddings 1999, BMJ 319:407"


def _prior(default: Distribution, meaning: str, source: str) -> Any:  # noqa: ANN401
    return field(default=default, metadata={"meaning": meaning, "source": source})


@dataclass(frozen=True, kw_only=True)
class TollPriors:
    """Priors of `toll_model`; the defaults are those of an event of unknown kind.

    Use `TollPriors.for_event` for the defaults of a kind of event, and `dataclasses.replace` to
    change one of them. Effects and noise are on the log scale: 0.1 is about 10 percent.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from casualty_models.distributions import LogNormal
    >>> from casualty_models.priors import TollPriors
    >>> priors = TollPriors.for_event("earthquake", "crush")
    >>> replace(priors, half_time=LogNormal.from_interval(1, 10)).half_time
    LogNormal(median=3.162, sigma=0.6999)
    """

    log_killed: Normal = _prior(
        Normal(6.0, 3.0),
        "logarithm of the true number killed; nearly flat, from 3 to 56,000 with 90 percent",
        "deliberately wide: a narrow prior drags catastrophes down",
    )
    half_time: LogNormal = _prior(
        LogNormal(1.0, 1.5),
        "days until counts of the killed reach half of their settled value (event of one day)",
        _FITTED,
    )
    growth_shape: Fixed | LogNormal = _prior(
        Fixed(1.51),
        "steepness of the log-logistic growth of counts",
        _FITTED,
    )
    wounded_half_time_ratio: Fixed | LogNormal = _prior(
        LogNormal(0.5, 0.5),
        "half-time of wounded counts, as a ratio of that of the killed",
        "median: " + _FITTED + "; spread: judgment, so that no event is forced to that ratio",
    )
    wounded_per_killed: LogStudentT = _prior(
        LogStudentT(3, 2.6, 1.1),
        "true wounded per true killed",
        _FITTED,
    )
    duration_growth: LogNormal = _prior(
        LogNormal(0.741, 1.0),
        "while the violence goes on: days still to come per day so far",
        _FITTED,
    )
    official_count: StudentT = _prior(
        StudentT(3, -0.03, 0.02),
        "settled level of official counts against the truth (officials, health ministry,"
        " hospitals)",
        _FITTED,
    )
    documented_count: StudentT = _prior(
        StudentT(3, 0.0, 0.05),
        "settled level of counts documented by NGO, UN, media or an inquiry",
        _FITTED,
    )
    opponent_count: StudentT = _prior(
        StudentT(3, 0.0, 0.2),
        "settled level of counts by a party or community that opposes the authorities",
        _FITTED,
    )
    official_estimate: StudentT = _prior(
        StudentT(3, 0.05, 0.45),
        "level of official estimates, claims and projections against the truth",
        _FITTED,
    )
    other_estimate: StudentT = _prior(
        StudentT(3, 0.17, 0.36),
        "level of all other estimates, claims and projections against the truth",
        _FITTED,
    )
    walk_scale: Fixed | LogNormal = _prior(
        Fixed(0.39),
        "scale of the backward random walk of one series of counts",
        _FITTED,
    )
    count_noise: Fixed | LogNormal = _prior(
        Fixed(0.2),
        "noise of a single count around its series (Student-t, 4 degrees of freedom)",
        _FITTED,
    )
    estimate_noise: Fixed | LogNormal = _prior(
        Fixed(0.47),
        "noise of a single estimate or claim (Student-t, 4 degrees of freedom)",
        _FITTED,
    )

    def __post_init__(self) -> None:
        """Check that every field holds a distribution of a family that the model can use."""
        for spec in fields(self):
            value, allowed = getattr(self, spec.name), spec.type
            if not isinstance(value, allowed):  # type: ignore[arg-type]
                names = " or ".join(f.family for f in get_args(allowed) or [allowed])  # type: ignore
                raise DataError(
                    f"this prior must be a {names}",
                    place=f"TollPriors.{spec.name}",
                    value=value,
                    remedy=f"For example {spec.default!r}.",
                )

    @classmethod
    def for_event(cls, kind: str, mechanism: str | None = None) -> "TollPriors":
        """Return the default priors for a kind of event and a mechanism of injury.

        Parameters
        ----------
        kind
            One of `events.KINDS`; "other" gets the wider priors of an unknown kind.
        mechanism
            One of `events.MECHANISMS`, or None; selects the wounded-per-killed prior where there
            is evidence for the pair.

        Raises
        ------
        DataError
            If the kind is not known.

        Examples
        --------
        >>> from casualty_models.priors import TollPriors
        >>> TollPriors.for_event("ethnic_riot", "gunshot").wounded_per_killed
        LogStudentT(nu=3, median=5.0, sigma=0.75)
        >>> TollPriors.for_event("ethnic_riot").wounded_per_killed
        LogStudentT(nu=3, median=3.3, sigma=1.0)
        """
        if kind not in KINDS:
            raise DataError(
                "unknown kind of event", value=kind, remedy=f"Use one of {', '.join(KINDS)}."
            )
        priors = replace(cls(), **BY_GROUP.get(KINDS[kind], {}))
        ratio = BY_MECHANISM.get((kind, mechanism or ""))
        return replace(priors, wounded_per_killed=ratio[0]) if ratio else priors

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """Return every prior as family and parameters, ready for JSON.

        Examples
        --------
        >>> from casualty_models.priors import TollPriors
        >>> TollPriors().to_dict()["log_killed"]
        {'family': 'Normal', 'mu': 6.0, 'sigma': 3.0}
        """
        return {spec.name: getattr(self, spec.name).to_dict() for spec in fields(self)}

    @classmethod
    def from_dict(cls, values: dict[str, dict[str, Any]]) -> "TollPriors":
        """Return the priors that `to_dict` wrote.

        Examples
        --------
        >>> from casualty_models.priors import TollPriors
        >>> TollPriors.from_dict(TollPriors().to_dict()) == TollPriors()
        True
        """
        return cls(**{name: from_dict(value) for name, value in values.items()})  # type: ignore[arg-type]


BY_GROUP: dict[str, dict[str, Any]] = {
    "political_violence": {
        "half_time": LogNormal(0.74, 1.45),
        "growth_shape": Fixed(1.49),
        "wounded_per_killed": LogStudentT(3, 3.3, 1.0),
    },
    "attack_or_accident": {
        "half_time": LogNormal(0.41, 1.4),
        "growth_shape": Fixed(1.48),
        "wounded_per_killed": LogStudentT(3, 1.9, 0.8),
    },
    "natural_disaster": {
        "half_time": LogNormal(2.7, 1.2),
        "growth_shape": Fixed(1.57),
        "wounded_per_killed": LogStudentT(3, 2.4, 0.77),
    },
}
"""What differs from the priors of an unknown kind, by group of kinds."""

BY_MECHANISM: dict[tuple[str, str], tuple[LogStudentT, str]] = {
    ("ethnic_riot", "gunshot"): (
        LogStudentT(3, 5.0, 0.75),
        "5 settled ethnic riots, log-mean 1.57, log-sd 0.70, widened; Osh 2010 not among them",
    ),
    ("protest_crackdown", "gunshot"): (
        LogStudentT(3, 10.0, 0.85),
        "6 settled crackdowns, log-mean 2.48, log-sd 0.78, widened",
    ),
    ("massacre", "gunshot"): (
        LogStudentT(3, 0.5, 1.0),
        "below 1, even 0, where people were confined or defenseless: " + _COUPLAND,
    ),
    ("earthquake", "crush"): (
        LogStudentT(3, 2.5, 0.65),
        "995,219 injured and 372,634 dead in earthquakes of 1980-2009: Doocy et al. 2013,"
        " PLoS Curr Disasters",
    ),
}
"""Wounded per killed where there is evidence for a kind and a mechanism, with its source."""


def priors_table(
    priors: TollPriors | None = None, *, kind: str = "other", mechanism: str | None = None
) -> "pd.DataFrame":
    """Return every prior with its meaning, distribution, 90 percent interval and source.

    Parameters
    ----------
    priors
        The priors to print; by default those of ``kind`` and ``mechanism``.
    kind, mechanism
        See `TollPriors.for_event`; used when ``priors`` is None.

    Returns
    -------
    One row a prior: columns ``prior``, ``meaning``, ``distribution``, ``lower90``, ``upper90``,
    ``source``. The source of a value that you changed yourself reads "set by the user".

    Examples
    --------
    >>> from casualty_models.priors import priors_table
    >>> priors_table(kind="earthquake", mechanism="crush").set_index("prior").loc[
    ...     "half_time", "distribution"]
    'LogNormal(median=2.7, sigma=1.2)'
    """
    import pandas as pd

    defaults = TollPriors.for_event(kind, mechanism)
    priors = priors or defaults
    rows = []
    for spec in fields(TollPriors):
        value = getattr(priors, spec.name)
        source = spec.metadata["source"]
        if spec.name == "wounded_per_killed" and (kind, mechanism or "") in BY_MECHANISM:
            source = BY_MECHANISM[kind, mechanism or ""][1]
        if value != getattr(defaults, spec.name):
            source = "set by the user"
        lower, upper = value.interval(0.9)
        rows.append((spec.name, spec.metadata["meaning"], repr(value), lower, upper, source))
    columns = ["prior", "meaning", "distribution", "lower90", "upper90", "source"]
    return pd.DataFrame(rows, columns=columns)
