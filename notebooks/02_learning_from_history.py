# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # What do officials, opponents and projections do to numbers?
#
# Opinions on this are plenty: "officials always play it down", "the opposition doubles it". Here
# are events whose toll was settled later by an inquiry, a court, an audit or a register, with what
# had been said about them early on. Each curve below is a default prior of this package, as it
# was learned from these events; each point behind it is something that somebody said. Osh 2010 is
# not among them.

# %%
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import casualty_models as cm
from casualty_models.datasets import history_events
from casualty_models.events import KINDS
from casualty_models.models.growth import counted_share
from casualty_models.models.settled import CLASSES, GROUPS, history_design, settled
from casualty_models.priors import TollPriors, made

HALF = 0.5
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "0.55"
rng = np.random.default_rng(1)

# %% [markdown]
# ## The data
#
# Only events whose reference toll, and reports whose wording, were read on a page. A statement's
# words are bounds; the points below stand in the middle of them.

# %%
events = settled(history_events())
design = history_design(events)
middle = (design.log_lower + design.log_upper) / 2
said = pd.DataFrame(
    {
        "event": [events[n].id for n in design.event],
        "group": [GROUPS[design.group[n]] for n in design.event],
        "day": design.days,
        "about": [CLASSES[c] for c in design.series_class[design.series]],
        "quantity": np.where(design.quantity == 0, "killed", "wounded"),
        "ratio": np.exp(middle - design.log_killed[design.event]),
        "last": design.last == np.arange(len(design.days)),
    }
)
killed = said[said["quantity"] == "killed"]
pd.crosstab(killed["about"], killed["group"], margins=True)

# %%
pd.Series(pd.json_normalize(made()).iloc[0]).to_frame("how the priors were learned")

# %% [markdown]
# ## The level: what is said when counting is over, or by those who do not count
#
# For counts, the last one of each series; for estimates, claims and lists of missing, every one.
# The bars are the learned prior of a series' level (50 % and 90 %); for single estimates their
# noise comes on top, the thin line. A last count can still be an early one, so the points of counts
# reach further down than the level that they would have settled at: the growth is learned apart.

# %%
priors = TollPriors()
level = killed[killed["last"] | ~killed["about"].str.endswith("count")]
fig, ax = plt.subplots(figsize=(8, 4.2), layout="constrained")
for row, name in enumerate(reversed(CLASSES)):
    points = level.loc[level["about"] == name, "ratio"].clip(0.02, 50)
    ax.plot(points, row + rng.uniform(0.12, 0.38, len(points)), ".", color=GREY, ms=4, alpha=0.7)
    prior = getattr(priors, name)
    draws = prior.draw(rng, 20_000)
    if not name.endswith("count"):
        noise = priors.estimate_noise.draw(rng, 20_000) * rng.standard_t(4, 20_000)
        ax.plot(np.exp(np.quantile(draws + noise, [0.05, 0.95])), [row, row], color=BLUE, lw=1)
    for share, width in ((0.9, 4), (0.5, 9)):
        ax.plot(np.exp(prior.interval(share)), [row, row], color=BLUE, lw=width, alpha=0.6)
    ax.plot(np.exp(np.median(draws)), row, "|", color="black", ms=14)
ax.axvline(1, color="black", lw=0.8)
ax.set(xscale="log", xlim=(0.02, 50), xlabel="said, as a multiple of the settled toll")
ax.set_yticks(range(len(CLASSES)), [name.replace("_", " ") for name in reversed(CLASSES)])
ax.set_xticks([0.05, 0.1, 0.5, 1, 2, 10, 50], ["0.05", "0.1", "0.5", "1", "2", "10", "50"])
ax.spines[["top", "right", "left"]].set_visible(False)

# %%
draws = {name: getattr(priors, name).draw(rng, 20_000) for name in CLASSES}
pd.DataFrame(
    {
        "typical multiple": {name: np.exp(np.median(d)) for name, d in draws.items()},
        "lower 90%": {name: np.exp(np.quantile(d, 0.05)) for name, d in draws.items()},
        "upper 90%": {name: np.exp(np.quantile(d, 0.95)) for name, d in draws.items()},
        "chance above the truth": {name: (d > 0).mean() for name, d in draws.items()},
        "statements": killed["about"].value_counts(),
    }
).loc[list(CLASSES)].round(2)

# %% [markdown]
# Counts of bodies end up a little low whoever makes them. Estimates and projections are wrong by
# factors, in both directions: by officials no less than by others. Lists of missing people, added
# to the count, are near the truth when officials keep them and too high otherwise.
#
# ## The speed: what share has been counted by which day
#
# Official counts of the killed, as a share of the settled toll. Days are counted from the middle
# of the danger, as the model does. The line is the learned median, the bands 50 % and 90 % of
# events.

# %%
since = said["day"] + 0.6 - (design.duration[design.event] - 1) / 2
counts = said.assign(since=since)[
    (said["about"] == "official_count") & (said["quantity"] == "killed")
]
days = np.geomspace(0.3, 300, 80)
fig, axes = plt.subplots(1, 3, figsize=(11, 3.6), sharey=True, layout="constrained")
for ax, group, kind in zip(axes, GROUPS, ("riot", "bombing", "earthquake"), strict=True):
    of_kind = TollPriors.for_event(kind)
    half_time = of_kind.half_time.draw(rng, 4000)[:, None]
    shape = of_kind.growth_shape.draw(rng, 4000)[:, None]
    curves = counted_share(days - 0.6, half_time, 1.0, shape)
    for share in (0.9, 0.5):
        low, high = np.quantile(curves, [(1 - share) / 2, (1 + share) / 2], axis=0)
        ax.fill_between(days, low, high, color=BLUE, alpha=0.2, lw=0)
    ax.plot(days, np.median(curves, axis=0), color=BLUE)
    points = counts[(counts["group"] == group) & (counts["since"] > 0)]
    ax.plot(points["since"], points["ratio"], ".", color=GREY, ms=4, alpha=0.7)
    ax.set(xscale="log", xlim=(0.3, 300), ylim=(0, 1.6), xlabel="days since half of the danger")
    ax.set_title(f"{group.replace('_', ' ')}\n(curve: {kind})", fontsize=10)
    ax.set_xticks([1, 10, 100], ["1", "10", "100"])
    ax.spines[["top", "right"]].set_visible(False)
_ = axes[0].set_ylabel("counted / settled toll")

# %% [markdown]
# ## Half-times by kind of event
#
# How many days until half is counted, for an event of one day. Points: events with one official
# count below and a later one above half of the settled toll, the day in between by interpolation;
# kinds with few events borrow from the others of their group.


# %%
def crossing(one):
    """Return the days until half was counted, or nan."""
    one = one[one["since"] > 0].sort_values("since").drop_duplicates("since")
    if not one["ratio"].min() < HALF < one["ratio"].max():
        return np.nan
    growing = np.maximum.accumulate(one["ratio"])
    return float(np.exp(np.interp(HALF, growing, np.log(one["since"]))))


halves = counts.groupby("event")[["since", "ratio"]].apply(crossing).dropna()
kind_of = {event.id: event.kind for event in events}
kinds = sorted({kind_of[e] for e in said["event"].unique()}, key=lambda k: (KINDS[k], k))
fig, ax = plt.subplots(figsize=(8, 6), layout="constrained")
for row, kind in enumerate(reversed(kinds)):
    prior = TollPriors.for_event(kind).half_time
    for share, width in ((0.9, 3), (0.5, 7)):
        ax.plot(prior.interval(share), [row, row], color=BLUE, lw=width, alpha=0.6)
    ax.plot(prior.median, row, "|", color="black", ms=11)
    points = [half for event, half in halves.items() if kind_of[event] == kind]
    ax.plot(points, np.full(len(points), row + 0.32), ".", color=ORANGE, ms=5)
ax.set(xscale="log", xlim=(0.01, 100), xlabel="days until half of the dead are counted")
ax.set_yticks(range(len(kinds)), [kind.replace("_", " ") for kind in reversed(kinds)])
ax.set_xticks([0.01, 0.1, 1, 10, 100], ["0.01", "0.1", "1", "10", "100"])
ax.spines[["top", "right", "left"]].set_visible(False)
print(f"{len(halves)} events crossed the half within their reports")

# %% [markdown]
# Most bombings and shootings are half counted before the first report, so their points are missing:
# the prior there rests on the reports that already hold more than half. An earthquake takes days.
#
# ## Wounded per killed

# %%
ratios = pd.DataFrame(
    {
        "kind": [event.kind for event in events],
        "ratio": np.exp(design.log_wounded - design.log_killed),
    }
).dropna()
fig, ax = plt.subplots(figsize=(8, 6), layout="constrained")
for row, kind in enumerate(reversed(kinds)):
    prior = TollPriors.for_event(kind).wounded_per_killed
    for share, width in ((0.9, 3), (0.5, 7)):
        ax.plot(prior.interval(share), [row, row], color=BLUE, lw=width, alpha=0.6)
    ax.plot(prior.median, row, "|", color="black", ms=11)
    points = ratios.loc[ratios["kind"] == kind, "ratio"]
    ax.plot(points, np.full(len(points), row + 0.32), ".", color=ORANGE, ms=5)
ax.axvline(1, color="black", lw=0.8)
ax.set(xscale="log", xlim=(0.02, 300), xlabel="settled number wounded per killed")
ax.set_yticks(range(len(kinds)), [kind.replace("_", " ") for kind in reversed(kinds)])
ax.set_xticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
ax.spines[["top", "right", "left"]].set_visible(False)

# %% [markdown]
# The link is wide: a wounded count narrows the toll by a factor of several, no more. Mechanism
# moves it:

# %%
pd.DataFrame(
    {
        mechanism: TollPriors.for_event("ethnic_riot", mechanism).wounded_per_killed.interval(0.9)
        for mechanism in ("gunshot", "blast", "mixed")
    },
    index=["lower 90%", "upper 90%"],
).T.round(2)

# %% [markdown]
# ## How sure is the learning itself?
#
# A spread that is itself uncertain makes a wider prior, and a kind that was never seen gets the
# spread between the groups of kinds too. The width of the half-time (the ratio of the ends of its
# 90 % interval):

# %%
width = {
    kind: np.divide(*TollPriors.for_event(kind).half_time.interval(0.9)[::-1])
    for kind in ("earthquake", "ethnic_riot", "other")
}
pd.Series(width, name="upper / lower").round(0).to_frame()

# %% [markdown]
# ## What would change the answer
#
# - **Other events.** Disputed tolls with surviving early reports are over-represented here:
#   famous revisions are why anybody wrote the history down. Where revisions are rarer, the levels
#   are nearer to 1 and the spreads smaller.
# - **Other references.** If inquiries themselves undercount, every level above is too near to 1.
#   The references' own error is in the model; a bias that all of them share is not.
# - **Your own evidence.** A prior is a value: replace it and fit again.

# %%
mine = replace(TollPriors.for_event("ethnic_riot", "gunshot"), official_count=priors.other_estimate)
table = cm.priors_table(mine, kind="ethnic_riot", mechanism="gunshot")
table[table["source"] == "set by the user"][["prior", "distribution", "source"]]
