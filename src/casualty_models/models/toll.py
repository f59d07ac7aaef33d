"""The toll model: from the reports of one event to its true number killed and wounded."""

from typing import Any

import pymc as pm
import pytensor.tensor as pt

from casualty_models.events import Event
from casualty_models.models.above_floor import counted_above_floor
from casualty_models.models.estimate_table import ESTIMATE_DF, EstimateTable
from casualty_models.models.parts import (
    TREATED,
    add_floors,
    add_parts,
    cell_shares,
    log_about,
    part_shares,
)
from casualty_models.models.report_table import ReportTable
from casualty_models.models.reporting import backward_walk, log_counted_share, reported, wall
from casualty_models.models.series import TOPICS
from casualty_models.models.toll_evidence import TollEvidence
from casualty_models.priors import TollPriors

START = 5.0  # log scale, where the sampler starts whatever the data


def toll_model(event: Event, priors: TollPriors | None = None, *, fill: bool = False) -> pm.Model:
    r"""Return the model of one event's true toll, given its reports.

    .. math::

        \log D &\sim \mathrm{Normal}(6, 3), \qquad
        \log W - \log D \sim t_3(\text{by kind and mechanism}) \\
        m_i &= \log D + \log F(t_i + \phi\, g_i) + e_s + r_i \quad\text{(counts)}, \qquad
        m_i = \log D + e_s \quad\text{(estimates and claims)} \\
        \log c_i &\sim t_4(m_i, \sigma), \qquad
        \Pr(\text{report } i) = \Pr(l_i \le c_i \le u_i)

    with :math:`D` the true number killed (:math:`W` wounded in its place for reports of wounded),
    :math:`F` the share counted by day :math:`t_i` (`counted_share`), :math:`e_s` the level of the
    series that the report belongs to, :math:`r` a random walk back from the settled value, and
    :math:`c_i` the count that the author had, known only to lie within what the words say. The
    last count of a series held for a part :math:`\phi` of the days :math:`g_i` until
    ``event.as_of_date`` in which nothing newer was said. The missing, together with the killed who
    were counted by then, are a statement about :math:`D` like an estimate. The hospitalized are a
    share of the wounded, and casualties are :math:`D + W`, counted as far as both are. A report
    about a part of the event is about that part's share of :math:`D` or :math:`W` (`cell_shares`).
    Estimates by other methods (``event.estimates``) enter with the error that they give
    (`estimate_table`).

    Parameters
    ----------
    event
        The reports. While ``event.end`` is None the violence goes on for a time unknown.
    priors
        By default `TollPriors.for_event` for the event's kind and mechanism.
    fill
        Fill the table of reports up, so that events of other sizes share the compilation; the
        rows added carry the label -1 and change nothing (see `padded`). For many events.

    Returns
    -------
    A plain `pymc.Model`. Its posterior variables are ``true_killed``, ``true_wounded``,
    ``true_casualties``, ``wounded_per_killed``, ``half_time`` (quantity; days), ``duration``
    (days), ``growth_shape`` and ``wounded_growth_shape``, ``completeness`` (quantity; share counted
    by ``event.as_of_date``) and ``source_effect`` (series; log scale); with reports of hospitalized
    ``true_hospitalized``; with strata ``true_killed_by_place`` and ``true_wounded_by_place``
    (place; group and period alike), and ``reach`` (group). ``model.provenance`` holds the event and
    the priors as JSON.

    Raises
    ------
    DataError
        If the event has no report that the model can use, or an estimate that counts something
        else.

    Notes
    -----
    Growth of early tolls: Zhao, Li & Fujimoto use an exponential curve; the log-logistic one
    predicted settled events better. Use of the bounds follows grouped-data likelihoods.

    Examples
    --------
    >>> from casualty_models.events import Event, Report
    >>> from casualty_models.models.toll import toll_model
    >>> event = Event(name="example", kind="riot", start="2010-06-10", reports=[Report(
    ...     date="2010-06-13", source="ministry", source_kind="official", quantity="killed",
    ...     says="neared 100")])
    >>> sorted(v.name for v in toll_model(event).free_RVs)[:3]
    ['count_noise', 'duration_growth', 'estimate_noise']
    """
    return model_of(TollEvidence.of(event, priors, fill=fill))


def model_of(evidence: TollEvidence) -> pm.Model:
    """Return the toll model of evidence that is prepared.

    Parameters
    ----------
    evidence
        What the model is told.
    """
    priors, table, divided = evidence.priors, evidence.table, evidence.divided
    with pm.Model(coords=evidence.labels) as model:
        data = _data(evidence)
        growth = _growth(priors, data)
        shares = cell_shares(priors, divided) if divided else None
        parts = part_shares(shares, divided, table) if divided else pt.zeros((3, 1))
        log_toll, center = _expected(evidence, data, growth, parts)
        reported("reported", center, _noise(priors, data), data, dims="report")
        _estimated(evidence.estimates, log_toll[0])
        if divided:
            add_parts(shares, divided, log_toll)
            add_floors(table, parts, log_toll, data)
        known = log_counted_share(data["known_days"], *growth)
        pm.Deterministic("completeness", pt.exp(known), dims="quantity")
    model.provenance = evidence.provenance
    model.structure = evidence.structure
    return model


type _Growth = tuple[Any, Any, Any]


def _expected(
    evidence: TollEvidence,
    data: dict[str, Any],
    growth: _Growth,
    parts: Any,  # noqa: ANN401
) -> tuple[Any, Any]:
    """Return log killed and log wounded, and the expected logarithm of what each report says."""
    priors, table = evidence.priors, evidence.table
    held = data["days"] + priors.silence.to_pymc("silence") * data["silence"]
    half_time, duration, shape = growth

    def curve(quantity: Any) -> Any:  # noqa: ANN401
        return log_counted_share(held, half_time[quantity], duration, shape[quantity])

    walk_scale = priors.walk_scale.to_pymc("walk_scale")
    steps = pm.Normal("walk_step", dims="report")

    def grown(share: Any) -> Any:  # noqa: ANN401
        return data["grows"] * (share + backward_walk(share, data["last"], walk_scale, steps))

    about, of_killed = log_about(parts, data), pt.eq(data["quantity"], 0)
    leaning = _source_effect(evidence)[data["series"]]
    relative = leaning + pt.where(of_killed, *about) + grown(curve(data["quantity"]))
    if table.tells("hospitalized"):
        admitted = pt.log(priors.hospitalized_share.to_pymc("hospitalized_share"))
        relative += admitted * pt.eq(data["topic"], TOPICS.index("hospitalized"))
    log_toll = _toll(priors, table, relative, data)
    center = log_toll[data["quantity"]] + relative
    if table.tells("hospitalized"):
        pm.Deterministic("true_hospitalized", pt.exp(log_toll[1] + parts[TREATED][0] + admitted))
    if table.tells("casualties"):
        settled = pt.logaddexp(log_toll[0] + about[0], log_toll[1] + about[1])
        share = pt.logaddexp(*(log_toll[q] + about[q] + curve(q) for q in (0, 1))) - settled
        is_both = pt.eq(data["topic"], TOPICS.index("casualties"))
        center = pt.where(is_both, settled + leaning + grown(share), center)
    return log_toll, center


def _noise(priors: TollPriors, data: dict[str, Any]) -> Any:  # noqa: ANN401
    return pt.where(
        pt.eq(data["grows"], 1.0),
        priors.count_noise.to_pymc("count_noise"),
        priors.estimate_noise.to_pymc("estimate_noise"),
    )


def _estimated(table: EstimateTable, log_killed: Any) -> None:  # noqa: ANN401
    if not table.sources:
        return
    pm.StudentT(
        "estimated",
        nu=ESTIMATE_DF,
        mu=log_killed,
        sigma=pm.Data("estimated_scale", table.scale),
        observed=pm.Data("estimated_log_toll", table.log_toll),
    )


def _data(evidence: TollEvidence) -> dict[str, Any]:
    columns = {
        name: pm.Data(f"report_{name}", column, dims="report")
        for name, column in evidence.columns().items()
    }
    return columns | {name: pm.Data(name, value) for name, value in evidence.of_event().items()}


def _toll(priors: TollPriors, table: ReportTable, relative: Any, data: dict[str, Any]) -> Any:  # noqa: ANN401
    """Return log killed and log wounded, by way of the expected value of the last count of each.

    The last count pins its own expected value, log toll + relative, not the toll. Giving that sum
    the distribution which the prior of the toll implies leaves the prior of the toll as it is, and
    takes the ridge between the toll and the speed of counting away from the sampler; above a
    documented minimum too (`counted_above_floor`).
    """
    expected = data["counted"] * relative[data["last_count"]]
    prior = priors.log_killed.data("log_killed")
    if table.floors[0]:
        log_killed = counted_above_floor(
            "log_counted_killed", expected[0], prior, pt.log(data["floor"][0]), initval=START
        )
    else:
        mu = prior["mu"] + expected[0]
        log_counted = pm.Normal("log_counted_killed", mu, prior["sigma"], initval=START)
        log_killed = log_counted - expected[0]
    ratio = priors.wounded_per_killed.data("wounded_per_killed")
    mu = log_killed + pt.log(ratio["median"]) + expected[1]
    counted = pm.StudentT(
        "log_counted_wounded", ratio["nu"], mu=mu, sigma=ratio["sigma"], initval=START
    )
    log_wounded = counted - expected[1]
    if table.floors[1]:
        pm.Potential("wounded_floor", wall(log_wounded - pt.log(data["floor"][1])))
    pm.Deterministic("true_killed", pt.exp(log_killed))
    pm.Deterministic("true_wounded", pt.exp(log_wounded))
    pm.Deterministic("true_casualties", pt.exp(log_killed) + pt.exp(log_wounded))
    pm.Deterministic("wounded_per_killed", pt.exp(log_wounded - log_killed))
    return pt.stack([log_killed, log_wounded])


def _growth(priors: TollPriors, data: dict[str, Any]) -> _Growth:
    killed = priors.half_time.to_pymc("half_time_killed")
    ratio = priors.wounded_half_time_ratio.to_pymc("wounded_half_time_ratio")
    half_time = pm.Deterministic("half_time", pt.stack([killed, killed * ratio]), dims="quantity")
    to_come = priors.duration_growth.to_pymc("duration_growth")
    duration = pm.Deterministic("duration", data["days_so_far"] * (1.0 + data["ongoing"] * to_come))
    names = ("growth_shape", "wounded_growth_shape")
    return half_time, duration, pt.stack([priors.growth_shape.to_pymc(name) for name in names])


def _source_effect(evidence: TollEvidence) -> Any:  # noqa: ANN401
    data = {
        key: pm.Data(f"source_effect_{key}", values, dims="series")
        for key, values in evidence.leanings().items()
    }
    standard = pm.StudentT("source_standard", nu=data["nu"], dims="series")
    effect = data["mu"] + data["sigma"] * standard
    return pm.Deterministic("source_effect", effect, dims="series")
