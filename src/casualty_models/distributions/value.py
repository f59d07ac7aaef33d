"""What every prior value can do."""

import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from casualty_models.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from scipy.stats._distn_infrastructure import rv_frozen


def require(condition: bool, rule: str, value: object) -> None:
    """Raise `DataError` unless the condition holds.

    Examples
    --------
    >>> from casualty_models.distributions.value import require
    >>> require(1 < 2, "the ends must be in order", (1, 2))
    """
    if not condition:
        raise DataError(rule, place="prior", value=value, remedy="Choose another value.")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


@dataclass(frozen=True)
class Distribution:
    """What every prior value can do; use one of the concrete families.

    Examples
    --------
    >>> from casualty_models.distributions import LogNormal
    >>> LogNormal(median=2.0, sigma=0.5).interval(0.9)
    (0.879, 4.55)
    """

    family: ClassVar[str] = ""

    def __post_init__(self) -> None:
        """Check that every parameter is a finite number and that scales are positive."""
        for name, value in asdict(self).items():
            require(_is_number(value), f"{name} of {self.family} must be a finite number", value)
            if name not in {"mu", "value"}:
                require(value > 0, f"{name} of {self.family} must be above 0", value)

    def scipy(self) -> "rv_frozen":
        """Return the same distribution as a frozen SciPy one."""
        raise NotImplementedError

    def to_pymc(self, name: str, **kwargs: Any) -> Any:  # noqa: ANN401
        """Add a variable with this distribution to the PyMC model in context and return it.

        Its parameters are PyMC `data`, so a compiled model takes other values; it starts at a value
        that does not depend on them, so that draws do not depend on what was compiled before.
        """
        raise NotImplementedError

    def data(self, name: str) -> dict[str, Any]:
        """Add the parameters to the PyMC model in context as data, ``<name>_<parameter>``."""
        import numpy as np
        import pymc as pm

        return {
            key: pm.Data(f"{name}_{key}", np.float64(value)) for key, value in asdict(self).items()
        }

    def interval(self, prob: float = 0.9) -> tuple[float, float]:
        """Return the central interval that holds ``prob``, to three significant digits.

        Examples
        --------
        >>> from casualty_models.distributions import Normal
        >>> Normal(0, 1).interval(0.95)
        (-1.96, 1.96)
        """
        lower, upper = self.scipy().ppf([(1 - prob) / 2, (1 + prob) / 2])
        return float(f"{lower:.3g}"), float(f"{upper:.3g}")

    def draw(self, rng: "np.random.Generator", size: int) -> "np.ndarray":
        """Return ``size`` independent draws.

        Examples
        --------
        >>> import numpy as np
        >>> from casualty_models.distributions import Fixed
        >>> Fixed(2.0).draw(np.random.default_rng(1), 3).tolist()
        [2.0, 2.0, 2.0]
        """
        return self.scipy().rvs(size=size, random_state=rng)

    def to_dict(self) -> dict[str, float | str]:
        """Return family and parameters, ready for JSON; `from_dict` reads them back.

        Examples
        --------
        >>> from casualty_models.distributions import Normal
        >>> Normal(6, 3).to_dict()
        {'family': 'Normal', 'mu': 6, 'sigma': 3}
        """
        return {"family": self.family, **asdict(self)}
