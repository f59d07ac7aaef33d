"""The priors of the latent class model: values with their meaning and their source."""

from dataclasses import asdict, dataclass, field
from typing import Any

from casualty_models.distributions import Beta
from casualty_models.errors import DataError

_PAPER = "Manrique-Vallier (2016), Biometrics 72:1246-1254, and the default of the R package LCMCR"


@dataclass(frozen=True, kw_only=True)
class LatentClassPriors:
    r"""Priors of `latent_class` and `latent_class_model`.

    The prior of the toll itself is :math:`p(N) \propto 1/N`, which lets the unseen be summed out.

    Examples
    --------
    >>> from casualty_models.capture.latent_class import LatentClassPriors
    >>> from casualty_models.distributions import Beta
    >>> LatentClassPriors(capture_share=Beta(1, 3)).capture_share.interval()
    (0.017, 0.632)
    """

    capture_share: Beta = field(
        default=Beta(1.0, 1.0),
        metadata={
            "meaning": "share of a class that is on a list, alike for all classes and lists",
            "source": f"any share as likely as another: {_PAPER}",
        },
    )
    concentration_shape: float = field(
        default=0.25,
        metadata={
            "meaning": "shape of the Gamma prior of alpha; the larger alpha, the more classes",
            "source": _PAPER,
        },
    )
    concentration_rate: float = field(
        default=0.25,
        metadata={
            "meaning": "rate of the Gamma prior of alpha, whose mean is shape / rate",
            "source": _PAPER,
        },
    )

    def __post_init__(self) -> None:
        """Check that the capture share has a Beta prior and that alpha has a proper one."""
        if not isinstance(self.capture_share, Beta):
            raise DataError(
                "the prior of a capture share must be a Beta",
                place="LatentClassPriors.capture_share",
                value=self.capture_share,
            )
        for name in ("concentration_shape", "concentration_rate"):
            value = getattr(self, name)
            if not 0 < value < float("inf"):
                place = f"LatentClassPriors.{name}"
                raise DataError("must be a number above 0", place=place, value=value)

    @property
    def share(self) -> tuple[float, float]:
        """The parameters of the Beta prior of a capture share."""
        return self.capture_share.alpha, self.capture_share.beta

    @property
    def concentration(self) -> tuple[float, float]:
        """Shape and rate of the Gamma prior of alpha."""
        return self.concentration_shape, self.concentration_rate

    def to_dict(self) -> dict[str, Any]:
        """Return the priors as plain values, for the record of a result.

        Examples
        --------
        >>> from casualty_models.capture.latent_class import LatentClassPriors
        >>> LatentClassPriors().to_dict()["concentration_shape"]
        0.25
        """
        return asdict(self) | {"capture_share": self.capture_share.to_dict()}
