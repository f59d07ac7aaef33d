"""The priors of the toll model: values with their meaning and their source."""

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, get_args

from casualty_models.distributions import (
    Beta,
    Distribution,
    Fixed,
    LogNormal,
    LogStudentT,
    Normal,
    StudentT,
    from_dict,
)
from casualty_models.errors import DataError
from casualty_models.priors.learned import learned

if TYPE_CHECKING:
    import pandas as pd

_LEARNED = (
    "learned from settled events by the history model, Osh 2010 not among them (docs: Priors)"
)


def _prior(default: Distribution, meaning: str, source: str) -> Any:  # noqa: ANN401
    return field(default=default, metadata={"meaning": meaning, "source": source})


def _learned(name: str, meaning: str) -> Any:  # noqa: ANN401
    return field(
        default_factory=lambda: learned("other")[name],
        metadata={"meaning": meaning, "source": _LEARNED},
    )


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
    duration_growth: LogNormal = _learned(
        "duration_growth",
        "while the violence goes on: days still to come per day so far",
    )
    half_time: LogNormal = _learned(
        "half_time",
        "days until counts of the killed reach half of their settled value (event of one day)",
    )
    growth_shape: Fixed | LogNormal = _learned(
        "growth_shape", "steepness of the log-logistic growth of counts"
    )
    wounded_half_time_ratio: Fixed | LogNormal = _learned(
        "wounded_half_time_ratio",
        "half-time of wounded counts, as a ratio of that of the killed",
    )
    wounded_per_killed: LogStudentT = _learned("wounded_per_killed", "true wounded per true killed")
    official_count: StudentT = _learned(
        "official_count",
        "settled level of official counts against the truth (officials, health ministry,"
        " hospitals)",
    )
    documented_count: StudentT = _learned(
        "documented_count",
        "settled level of counts documented by NGO, UN, media or an inquiry",
    )
    opponent_count: StudentT = _learned(
        "opponent_count",
        "settled level of counts by a party or community that opposes the authorities",
    )
    official_estimate: StudentT = _learned(
        "official_estimate",
        "level of official estimates, claims and projections against the truth",
    )
    other_estimate: StudentT = _learned(
        "other_estimate",
        "level of all other estimates, claims and projections against the truth",
    )
    official_missing: StudentT = _learned(
        "official_missing",
        "level of counted killed plus missing, the missing as officials say, against the truth",
    )
    other_missing: StudentT = _learned(
        "other_missing",
        "level of counted killed plus missing, the missing as others say, against the truth",
    )
    own_losses: StudentT = _prior(
        StudentT(3, -0.6, 0.6),
        "level of what a party to the conflict says of its own losses, against the truth",
        "Radford et al. 2023, PNAS 120: multipliers 0.28 and 0.99 (military deaths), 0.5 and 0.6"
        " (casualties) in the war in Ukraine; the middle and spread of their logarithms",
    )
    enemy_losses: StudentT = _prior(
        StudentT(3, 1.0, 0.6),
        "level of what a party to the conflict says of the other side's losses, against the truth",
        "Radford et al. 2023, PNAS 120: multipliers 4.33 and 1.94 (military deaths), 5.3 and 1.5"
        " (casualties) in the war in Ukraine; the middle and spread of their logarithms",
    )
    hospitalized_share: Fixed | Beta = _prior(
        Beta(2.0, 2.5),
        "share of the wounded who are admitted to hospital",
        "0.66 of those who sought care (Maidan 2014), 0.15 to 0.36 of the injured in bombings"
        " (Arnold et al. 2003, 2004); wide, for definitions differ",
    )
    part_spread: Fixed | LogNormal = _prior(
        LogNormal(1.0, 0.5),
        "with strata: how far the named parts differ in their number of killed (log scale)",
        "judgement: with two parts, the larger is 1.3 to 30 times the smaller (80 percent)",
    )
    part_ratio_spread: Fixed | LogNormal = _prior(
        LogNormal(0.4, 0.5),
        "with strata: how far the parts differ in wounded per killed (log scale)",
        "judgement: half of the spread between events of one kind",
    )
    unnamed_part: Normal = _prior(
        Normal(-1.0, 1.0),
        "with strata: size of what no part names, against a typical named part (log scale)",
        "judgement: the parts that reports name are the large ones",
    )
    reach: Beta = _prior(
        Beta(2.0, 1.0),
        "with groups: share of a group's wounded who come to those who count them",
        "2,677 of 4,353 wounded sought care (Kazakhstan, January 2022), members of the security"
        " forces more often; wide, and Osh 2010 not used",
    )
    walk_scale: Fixed | LogNormal = _learned(
        "walk_scale", "scale of the backward random walk of one series of counts"
    )
    silence: Fixed | Beta = _prior(
        Beta(0.3, 1.2),
        "share of the days without a newer count for which the last one still held",
        "chosen on the settled events, Osh 2010 not among them: most silences tell little, some are"
        " a confirmation",
    )
    count_noise: Fixed | LogNormal = _learned(
        "count_noise",
        "noise of a single count around its series (Student-t, 4 degrees of freedom)",
    )
    estimate_noise: Fixed | LogNormal = _learned(
        "estimate_noise",
        "noise of a single estimate, claim or number missing (Student-t, 4 degrees of freedom)",
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
                    remedy="priors_table() shows the default.",
                )

    @classmethod
    def for_event(cls, kind: str, mechanism: str | None = None) -> "TollPriors":
        """Return the default priors for a kind of event and a mechanism of injury.

        Parameters
        ----------
        kind
            One of `events.KINDS`; "other" gets the wider priors of an unknown kind.
        mechanism
            One of `events.MECHANISMS`, or None; moves the wounded-per-killed prior.

        Raises
        ------
        DataError
            If the kind or the mechanism is not known.

        Examples
        --------
        >>> from casualty_models.priors import TollPriors
        >>> narrow = TollPriors.for_event("earthquake").half_time
        >>> wide = TollPriors.for_event("other").half_time
        >>> narrow.sigma < wide.sigma
        True
        """
        return cls(**learned(kind, mechanism))

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
    >>> priors_table(kind="earthquake").set_index("prior").loc["log_killed", "distribution"]
    'Normal(mu=6.0, sigma=3.0)'
    """
    import pandas as pd

    defaults = TollPriors.for_event(kind, mechanism)
    priors = priors or defaults
    rows = []
    for spec in fields(TollPriors):
        value = getattr(priors, spec.name)
        source = spec.metadata["source"]
        if value != getattr(defaults, spec.name):
            source = "set by the user"
        lower, upper = value.interval(0.9)
        rows.append((spec.name, spec.metadata["meaning"], repr(value), lower, upper, source))
    columns = ["prior", "meaning", "distribution", "lower90", "upper90", "source"]
    return pd.DataFrame(rows, columns=columns)
