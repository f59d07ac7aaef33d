"""How the toll is divided among the parts of an event."""

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from casualty_models.models.cells import Cells
from casualty_models.models.report_table import ReportTable
from casualty_models.models.reporting import wall
from casualty_models.priors import TollPriors

KILLED, WOUNDED, TREATED = range(3)
INTERACTION = 0.5  # of the spread of the parts: how far combinations of two ways differ


def cell_shares(priors: TollPriors, divided: Cells) -> Any:  # noqa: ANN401
    r"""Return the logarithm of each cell's share of the killed, of the wounded and of the treated.

    .. math::

        p_c &\propto \exp\Big(\sum_w a_{w, l_w(c)} + \tfrac{\tau}{2} z_c\Big), \qquad
        a_{w, l} \sim \mathrm{Normal}(0, \tau), \qquad a_{w, \text{rest}} \sim \mathrm{Normal} \\
        q_c &\propto p_c \exp\Big(\sum_w b_{w, l_w(c)}\Big), \qquad
        b_{w, l} \sim \mathrm{Normal}(0, \upsilon) \\
        \text{treated}_c &= q_c\, r_{g(c)}, \qquad r_g \sim \mathrm{Beta}

    Shares :math:`p` of the killed and :math:`q` of the wounded sum to one over the cells, whatever
    the parameters are, so the parts of every draw sum to its total. The spreads :math:`\tau` and
    :math:`\upsilon` are unknown: parts borrow from each other. The combination :math:`z` is there
    only where an event is divided in two ways or more. The share :math:`r` of the wounded of a
    group who come to those who count them is there only where it is divided by group.

    Returns
    -------
    Three rows (`KILLED`, `WOUNDED`, `TREATED`), one column a cell; the last row is a share of all
    wounded and does not sum to one.
    """
    spread = priors.part_spread.to_pymc("part_spread")
    ratio_spread = priors.part_ratio_spread.to_pymc("part_ratio_spread")
    log_size, log_ratio = pt.zeros(divided.size), pt.zeros(divided.size)
    for way, level in divided.level.items():
        rest = priors.unnamed_part.to_pymc(f"unnamed_{way}")
        named = spread * pm.Normal(f"part_away_{way}", shape=len(divided.levels[way]) - 1)
        log_size += pt.concatenate([named, rest[None]])[level]
        log_ratio += ratio_spread * pm.Normal(f"part_ratio_away_{way}", dims=way)[level]
    if len(divided.level) > 1:
        log_size += INTERACTION * spread * pm.Normal("cell_away", shape=divided.size)
    killed = log_size - pt.logsumexp(log_size)
    wounded = killed + log_ratio
    wounded = wounded - pt.logsumexp(wounded)
    treated = wounded
    if "group" in divided.level:
        start = np.full(len(divided.levels["group"]), 0.5)
        reach = priors.reach.to_pymc("reach", dims="group", initval=start)
        treated = wounded + pt.log(reach)[divided.level["group"]]
    return pt.stack([killed, wounded, treated])


def part_shares(shares: Any, divided: Cells, table: ReportTable) -> Any:  # noqa: ANN401
    """Return the logarithm of each part's share, three rows as of `cell_shares`, a column a part.

    Parameters
    ----------
    shares
        What `cell_shares` returned.
    divided
        The cells.
    table
        The reports, whose parts these are.
    """
    covered = np.array([divided.covered(part) for part in table.parts])
    return pt.log(pt.dot(pt.exp(shares), covered.T))


def add_parts(shares: Any, divided: Cells, log_toll: Any) -> None:  # noqa: ANN401
    """Add killed and wounded of each part, by way of dividing, to the model in context.

    Parameters
    ----------
    shares
        What `cell_shares` returned.
    divided
        The cells.
    log_toll
        Log killed and log wounded of the whole event.
    """
    for way, level in divided.level.items():
        inside = (level[:, None] == np.arange(len(divided.levels[way]))).astype(float)
        by_part = pt.dot(pt.exp(shares[:TREATED]), inside) * pt.exp(log_toll)[:, None]
        pm.Deterministic(f"true_killed_by_{way}", by_part[KILLED], dims=way)
        pm.Deterministic(f"true_wounded_by_{way}", by_part[WOUNDED], dims=way)


def log_about(parts: Any, data: dict[str, Any]) -> tuple[Any, Any]:  # noqa: ANN401
    """Return the logarithm of the share of the killed, and of the wounded, each report is about.

    Parameters
    ----------
    parts
        What `part_shares` returned.
    data
        ``part`` and ``treated`` of each report.
    """
    part = data["part"]
    wounded = pt.where(pt.eq(data["treated"], 1.0), parts[TREATED][part], parts[WOUNDED][part])
    return parts[KILLED][part], wounded


def add_floors(table: ReportTable, parts: Any, log_toll: Any, data: dict[str, Any]) -> None:  # noqa: ANN401
    """Keep each part above its documented minimum, in the model in context.

    Parameters
    ----------
    table
        The reports.
    parts
        What `part_shares` returned.
    log_toll
        Log killed and log wounded of the whole event.
    data
        ``quantity``, ``part`` and ``least`` of each report.
    """
    if not table.least.any():
        return
    quantity, least = data["quantity"], data["least"]
    above = log_toll[quantity] + parts[quantity, data["part"]] - pt.log(pt.maximum(least, 1.0))
    pm.Potential("part_floors", pt.where(least > 0, wall(above), 0.0).sum())
