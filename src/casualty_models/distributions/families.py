"""The families of prior values."""

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, ClassVar, Self

from casualty_models.distributions.value import Distribution, require
from casualty_models.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from scipy.stats._distn_infrastructure import rv_frozen


@dataclass(frozen=True)
class Fixed(Distribution):
    """A value taken as known.

    Examples
    --------
    >>> from casualty_models.distributions import Fixed
    >>> Fixed(0.5).interval()
    (0.5, 0.5)
    """

    value: float
    family: ClassVar[str] = "Fixed"

    def scipy(self) -> "rv_frozen":
        """Return a uniform distribution of no width."""
        from scipy.stats import uniform

        return uniform(self.value, 0.0)

    def interval(self, prob: float = 0.9) -> tuple[float, float]:
        """Return the value twice."""
        return self.value, self.value

    def draw(self, rng: "np.random.Generator", size: int) -> "np.ndarray":
        """Return the value ``size`` times."""
        import numpy as np

        return np.full(size, float(self.value))

    def to_pymc(self, name: str, **kwargs: Any) -> Any:  # noqa: ANN401
        """Add the value as a named constant."""
        import pymc as pm

        return pm.Deterministic(name, self.data(name)["value"], **kwargs)


@dataclass(frozen=True)
class Normal(Distribution):
    """A bell curve around ``mu`` with standard deviation ``sigma``.

    Examples
    --------
    >>> from casualty_models.distributions import Normal
    >>> Normal.from_interval(-1, 1, 0.9)
    Normal(mu=0.0, sigma=0.608)
    """

    mu: float
    sigma: float
    family: ClassVar[str] = "Normal"

    @classmethod
    def from_interval(cls, lower: float, upper: float, prob: float = 0.9) -> Self:
        """Return the normal distribution whose central ``prob`` is (lower, upper)."""
        require(lower < upper, "the lower end must be below the upper end", (lower, upper))
        sigma = (upper - lower) / 2 / _z(prob)
        return cls(mu=(lower + upper) / 2, sigma=float(f"{sigma:.4g}"))

    def scipy(self) -> "rv_frozen":
        """Return the same distribution as a frozen SciPy one."""
        from scipy.stats import norm

        return norm(self.mu, self.sigma)

    def to_pymc(self, name: str, **kwargs: Any) -> Any:  # noqa: ANN401
        """Add the variable to the PyMC model in context."""
        import pymc as pm

        return pm.Normal(name, **self.data(name), initval=0.0, **kwargs)


@dataclass(frozen=True)
class StudentT(Distribution):
    """A bell curve with heavy tails: ``nu`` degrees of freedom, center ``mu``, scale ``sigma``.

    Examples
    --------
    >>> from casualty_models.distributions import StudentT
    >>> StudentT(nu=3, mu=0, sigma=0.2).interval(0.9)
    (-0.471, 0.471)
    """

    nu: float
    mu: float
    sigma: float
    family: ClassVar[str] = "StudentT"

    def scipy(self) -> "rv_frozen":
        """Return the same distribution as a frozen SciPy one."""
        from scipy.stats import t

        return t(self.nu, self.mu, self.sigma)

    def to_pymc(self, name: str, **kwargs: Any) -> Any:  # noqa: ANN401
        """Add the variable to the PyMC model in context."""
        import pymc as pm

        return pm.StudentT(name, **self.data(name), initval=0.0, **kwargs)


@dataclass(frozen=True)
class LogNormal(Distribution):
    """A positive number known up to a factor: log-normal by its median and log-scale ``sigma``.

    Examples
    --------
    >>> from casualty_models.distributions import LogNormal
    >>> LogNormal.from_interval(1, 4, 0.9)
    LogNormal(median=2.0, sigma=0.4214)
    """

    median: float
    sigma: float
    family: ClassVar[str] = "LogNormal"

    @classmethod
    def from_interval(cls, lower: float, upper: float, prob: float = 0.9) -> Self:
        """Return the log-normal distribution whose central ``prob`` is (lower, upper)."""
        require(0 < lower < upper, "the ends must be positive and in order", (lower, upper))
        sigma = math.log(upper / lower) / 2 / _z(prob)
        return cls(median=float(f"{math.sqrt(lower * upper):.4g}"), sigma=float(f"{sigma:.4g}"))

    def scipy(self) -> "rv_frozen":
        """Return the same distribution as a frozen SciPy one."""
        from scipy.stats import lognorm

        return lognorm(self.sigma, scale=self.median)

    def to_pymc(self, name: str, **kwargs: Any) -> Any:  # noqa: ANN401
        """Add the variable to the PyMC model in context."""
        import pymc as pm
        import pytensor.tensor as pt

        data = self.data(name)
        mu = pt.log(data["median"])
        return pm.LogNormal(name, mu=mu, sigma=data["sigma"], initval=1.0, **kwargs)


@dataclass(frozen=True)
class LogStudentT(Distribution):
    """A positive number known up to a factor, with heavy tails on the log scale.

    Examples
    --------
    >>> from casualty_models.distributions import LogStudentT
    >>> LogStudentT(nu=3, median=5.0, sigma=0.75).interval(0.5)
    (2.82, 8.87)
    """

    nu: float
    median: float
    sigma: float
    family: ClassVar[str] = "LogStudentT"

    def scipy(self) -> "rv_frozen":
        """Return the distribution of the *logarithm*; `interval` and `draw` exponentiate it."""
        from scipy.stats import t

        return t(self.nu, math.log(self.median), self.sigma)

    def interval(self, prob: float = 0.9) -> tuple[float, float]:
        """Return the central interval of the number itself."""
        lower, upper = self.scipy().ppf([(1 - prob) / 2, (1 + prob) / 2])
        return float(f"{math.exp(lower):.3g}"), float(f"{math.exp(upper):.3g}")

    def draw(self, rng: "np.random.Generator", size: int) -> "np.ndarray":
        """Return ``size`` independent draws of the number itself."""
        import numpy as np

        return np.exp(super().draw(rng, size))

    def to_pymc(self, name: str, **kwargs: Any) -> Any:  # noqa: ANN401
        """Add the variable; its logarithm is the free one, named ``log_<name>``."""
        import pymc as pm
        import pytensor.tensor as pt

        data = self.data(name)
        mu = pt.log(data["median"])
        log = pm.StudentT(f"log_{name}", nu=data["nu"], mu=mu, sigma=data["sigma"], initval=0.0)
        return pm.Deterministic(name, pt.exp(log), **kwargs)


@dataclass(frozen=True)
class Beta(Distribution):
    """A share between 0 and 1.

    Examples
    --------
    >>> from casualty_models.distributions import Beta
    >>> Beta(6, 3).interval(0.9)
    (0.4, 0.889)
    """

    alpha: float
    beta: float
    family: ClassVar[str] = "Beta"

    def scipy(self) -> "rv_frozen":
        """Return the same distribution as a frozen SciPy one."""
        from scipy.stats import beta

        return beta(self.alpha, self.beta)

    def to_pymc(self, name: str, **kwargs: Any) -> Any:  # noqa: ANN401
        """Add the variable to the PyMC model in context."""
        import pymc as pm

        return pm.Beta(name, **self.data(name), **({"initval": 0.5} | kwargs))


FAMILIES: dict[str, type[Distribution]] = {
    cls.family: cls for cls in (Fixed, Normal, StudentT, LogNormal, LogStudentT, Beta)
}


def from_dict(values: dict[str, Any]) -> Distribution:
    """Return the distribution that `Distribution.to_dict` wrote.

    Raises
    ------
    DataError
        If the family is not one of `FAMILIES`.

    Examples
    --------
    >>> from casualty_models.distributions import from_dict
    >>> from_dict({"family": "Normal", "mu": 6, "sigma": 3})
    Normal(mu=6, sigma=3)
    """
    parameters = dict(values)
    family = parameters.pop("family", None)
    if family not in FAMILIES:
        raise DataError(
            "unknown family of distributions",
            value=family,
            remedy=f"Use one of {', '.join(FAMILIES)}.",
        )
    return FAMILIES[family](**parameters)


def _z(prob: float) -> float:
    require(0 < prob < 1, "the probability of an interval must be between 0 and 1", prob)
    return NormalDist().inv_cdf((1 + prob) / 2)
