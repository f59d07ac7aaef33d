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
# # The first hours: what can be published when?
#
# An explosion in a fertilizer works. The first number comes within the hour, then they contradict
# each other, and somebody has to say something every few hours. What could honestly be said after
# each report, and which of it should be published?
#
# The event is invented, so that no figure here can be taken for one of a real event. Its reports
# are of the kind that such events have: "several", then a governor's guess, then bodies counted,
# then a list of the missing that shrinks while the count grows.

# %%
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import casualty_models as cm
from casualty_models.plots import plot_exceedance, plot_unfolding
from casualty_models.summaries import round_count, tolls_table

# %% [markdown]
# ## The reports, in the order in which they came
#
# The model counts days, not hours. So the hours are kept beside it, and each step below sees the
# reports up to that hour. Where bodies were counted, the number is a floor: the toll cannot be
# lower.

# %%
REPORTS = [
    ("day 1, 15:00", "2030-05-01", "News agency", "media", "killed", "several", "claim"),
    ("day 1, 16:30", "2030-05-01", "Fire service", "official", "killed", "at least 4", "count"),
    ("day 1, 18:00", "2030-05-01", "Governor", "official", "killed", "up to 60", "estimate"),
    (
        "day 1, 19:00",
        "2030-05-01",
        "City hospital",
        "hospital",
        "wounded",
        "more than 120",
        "count",
    ),
    ("day 1, 23:00", "2030-05-01", "Fire service", "official", "killed", "at least 9", "count"),
    ("day 2, 08:00", "2030-05-02", "Company", "media", "missing", "37", "missing_list"),
    ("day 2, 12:00", "2030-05-02", "Fire service", "official", "killed", "14", "count"),
    ("day 3, 12:00", "2030-05-03", "Fire service", "official", "killed", "22", "count"),
    ("day 3, 18:00", "2030-05-03", "Company", "media", "missing", "18", "missing_list"),
    ("day 6, 12:00", "2030-05-06", "Fire service", "official", "killed", "31", "count"),
    ("day 9, 12:00", "2030-05-09", "Health department", "official", "wounded", "212", "count"),
    ("day 14, 12:00", "2030-05-14", "Coroner", "official", "killed", "38", "count"),
]
FLOORS = ("Fire service", "Coroner")  # they count bodies
NAMES = ["date", "source", "source_kind", "quantity", "says", "claim"]

hours = [row[0] for row in REPORTS]
reports = [
    cm.Report(**dict(zip(NAMES, row[1:], strict=True)), floor=row[2] in FLOORS) for row in REPORTS
]
event = cm.Event(
    name="Explosion in a fertilizer works (invented)",
    kind="fire",
    mechanism="blast",
    start="2030-05-01",
    end="2030-05-01",
    reports=reports,
)
event.to_frame()[["date", "source", "quantity", "says", "lower", "upper", "claim"]].set_axis(hours)

# %% [markdown]
# ## The estimate after each report
#
# Nothing that came later is used. The first report is no count of anybody.

# %%
steps = [
    replace(event, reports=reports[:n], known_on=reports[n - 1].date)
    for n in range(1, len(reports) + 1)
]
results = cm.fit_many(steps, random_seed=1, predictions=True, engine="quick")
table = tolls_table(results, probs=(0.5, 0.8, 0.9, 0.95))
killed = table[table["quantity"] == "killed"].set_axis(hours)
killed[["documented", "median", "lower90", "upper90", "converged"]].round()

# %% [markdown]
# ## How sure is that?
#
# The width of an interval as a factor: 90 % between 10 and 100 is a factor of 10. And whether each
# new estimate lies where the one before had put it: an estimate that is honest about its
# uncertainty jumps out of its own 50 % interval often, and out of its 90 % interval seldom.

# %%
before = killed.shift(1)
inside = {
    f"median inside the last {p}%": killed["median"].between(
        before[f"lower{p}"], before[f"upper{p}"]
    )
    for p in (50, 90)
}
width = (killed["upper90"] / killed["lower90"].clip(lower=1)).round(1)
pd.DataFrame({"width of the 90% interval, as a factor": width, **inside}).iloc[1:]

# %% [markdown]
# ## What to publish when
#
# Three rules that need no statistics, and one that does:
#
# 1. **Nobody has counted yet: no number.** "Several" is no count, and neither is a governor's
#    guess. Say what is known, and that nobody has counted.
# 2. **Somebody has counted: print the count,** who counted and when, with "at least".
# 3. **Claims and guesses only with their owner's name,** and never in a headline.
# 4. **An estimate, when it says more than the count:** two sources have counted, sampling has
#    converged, and the 90 % interval is narrower than a factor of ten. Print the interval, not the
#    median alone. An estimate from one early count is little more than the prior: the one of 16:30
#    would have been far too low.

# %%
MOST, ENOUGH = 10, 2


def advice(row, factor, counting):
    if pd.isna(row["documented"]) or row["documented"] == 0:
        return "no number: nobody has counted"
    counted = f"at least {row['documented']} counted"
    if counting < ENOUGH or not row["converged"] or factor > MOST:
        return f"{counted}; no estimate yet"
    low, high = (round_count(row[end]) for end in ("lower90", "upper90"))
    return f"{counted}; estimate {low} to {high} (90% interval)"


counting = [len({r.source for r in step.reports if r.claim == "count"}) for step in steps]
publish = [
    advice(row, factor, sources)
    for row, factor, sources in zip(killed.to_dict("records"), width, counting, strict=True)
]
pd.Series(publish, index=hours, name="to publish").to_frame()

# %% [markdown]
# ## As a figure
#
# The last estimate of each day. The bands of the first day are wide, as they should be: on that day
# the dead lie where nobody has looked yet.

# %%
last_of_day = table.drop_duplicates(["known_by", "quantity"], keep="last")
ax = plot_unfolding(last_of_day, spacing="even")

# %%
fig, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
for ax, hour in zip(axes, ("day 1, 23:00", "day 3, 18:00"), strict=True):
    plot_exceedance(results[hours.index(hour)], ax=ax)
    ax.set_title(hour, loc="left")

# %% [markdown]
# ## How good are such first-day estimates?
#
# Settled events were replayed as they were known on day 1, 3, 7 and 30, with priors that had not
# seen them. The share of intervals that held the settled toll:

# %%
scores = pd.read_csv("../benchmarks/backtest.csv").query("method == 'toll model'")
scores.groupby("horizon")[["covered50", "covered80", "covered90"]].mean().round(2).assign(
    events=scores.groupby("horizon")["event"].nunique()
)

# %% [markdown]
# ## What would change the answer
#
# Three things that a desk could have got wrong on the first day, each alone.

# %%
day_one = steps[hours.index("day 1, 23:00")]
first, guess = day_one.reports[0], day_one.reports[2]
variants = {
    "as above": day_one,
    "the governor's guess is taken for a count": replace(
        day_one,
        reports=[replace(r, claim="count") if r == guess else r for r in day_one.reports],
    ),
    "the guess is left out": replace(day_one, reports=[r for r in day_one.reports if r != guess]),
    "it is not over": replace(day_one, end=None),
}
changed = tolls_table(
    cm.fit_many(list(variants.values()), random_seed=1, engine="quick"), probs=(0.9,)
)
changed = changed[changed["quantity"] == "killed"].set_axis(list(variants))
changed[["documented", "median", "lower90", "upper90"]].astype(float).apply(np.round)

# %% [markdown]
# Whether a number was *counted* matters more than the number. And the answer rests on what other
# events of this kind did: an explosion of which the victims are all on one list of workers is
# settled sooner than the priors expect. If you have such a list, use the list.
