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
# # How many people were killed in Osh and Jalal-Abad in June 2010?
#
# On 13 June 2010, the fourth day of violence in southern Kyrgyzstan, a newspaper reader knew this:
# the official toll had "neared 100", the Health Ministry spoke of "nearly 1,000" wounded, most with
# gunshot wounds, and the true figure was "likely to go far higher". What could honestly be said
# that day, and how did it change as counting went on? A year later an inquiry put the dead at
# about 470. Nothing about this event was used to choose any default of this package.

# %%
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import casualty_models as cm
from casualty_models.datasets import load_osh_2010
from casualty_models.distributions import LogNormal, LogStudentT
from casualty_models.inference import provenance
from casualty_models.plots import plot_unfolding
from casualty_models.priors import TollPriors
from casualty_models.summaries import tolls_table

INQUIRY = 470  # Kyrgyzstan Inquiry Commission, May 2011; used here only to look back

# %% [markdown]
# ## The data
#
# The article's own statements and nothing later. Words become bounds on the count that their
# author had: "neared 100" is a count a little below 100, not a statement about the truth.

# %%
event = cm.read_event("../examples/osh-2010.toml")
event.to_frame()[["date", "source", "quantity", "says", "lower", "upper", "claim", "place"]]

# %% [markdown]
# The children killed in a crush at the border are a part of the event: they are kept, they bound
# the total from below, and they are not taken for a rival of the total.
#
# ## The priors, with their sources
#
# What a count says about the truth must come from elsewhere: from events whose toll was settled
# later, Osh 2010 not among them. These are the defaults for an ethnic riot with firearms.

# %%
pd.set_option("display.max_colwidth", 90)
cm.priors_table(kind=event.kind, mechanism=event.mechanism)

# %% [markdown]
# ## The fit
#
# The model is a plain `pymc.Model`, and the result holds draws from before and after the reports.

# %%
model = cm.toll_model(event)
result = cm.fit(model, random_seed=2010)

# %% [markdown]
# ## What the model believes before it reads a number
#
# Drawn from the priors alone: what the official count of the fourth day could have been. If the
# printed number lay outside this range, the priors would be wrong for this event.

# %%
before = {
    "the official count, as it could have been": np.exp(
        result.prior_predictive["reported"].isel(report=0)
    ),
    "share of the dead counted by then": result.prior["completeness"].sel(quantity="killed"),
}
quantiles = {name: np.quantile(draws, [0.05, 0.5, 0.95]) for name, draws in before.items()}
pd.DataFrame(quantiles, index=["5%", "median", "95%"]).T.map(
    lambda value: f"{float(f'{value:.2g}'):,g}"
)

# %% [markdown]
# ## Can the draws be trusted?

# %%
provenance(result)["diagnostics"]

# %% [markdown]
# No divergences, R-hat below 1.01 and more than 1,000 effective draws: the chains agree. That says
# the computation can be trusted, not that the model is right.
#
# ## The answer

# %%
cm.toll_table(result)

# %%
for quantity in ("killed", "wounded"):
    print(cm.toll_sentence(result, quantity))

# %%
ax = cm.plot_toll(result)

# %%
fig, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
cm.plot_sources(result, ax=axes[0])
cm.plot_priors(result, ax=axes[1])

# %% [markdown]
# ## Where the inquiry's figure lies

# %%
print(f"chance that more than {INQUIRY} were killed: {cm.prob_above(result, INQUIRY):.2f}")

# %% [markdown]
# ## Day by day
#
# The full timeline of reports, each day seen only as far as it was known then. The inquiry's
# figure is drawn for comparison; the model never sees it before May 2011.

# %%
timeline = load_osh_2010()
days = ["2010-06-11", "2010-06-12", "2010-06-13", "2010-06-14", "2010-06-16", "2010-06-28"]
known = [timeline.as_of(day) for day in days]
fitted = cm.fit_many(known, random_seed=2010)
moved = tolls_table(fitted).query("quantity == 'killed'").set_index("known_by")
moved["inquiry's figure lies at percentile"] = [
    100 * (1 - cm.prob_above(each, INQUIRY)) for each in fitted
]
numbers = moved[["lower95", "lower50", "median", "upper50", "upper95", moved.columns[-1]]]
numbers.round(0).astype(int).assign(reports=[len(each.reports) for each in known])

# %%
ax = plot_unfolding(tolls_table(fitted), spacing="even", settled=INQUIRY)

# %% [markdown]
# The interval narrows as counting goes on. It rests on reports that were collected afterwards, so
# the early days hold whatever reports have survived.

# %% [markdown]
# ## What would change the answer
#
# Three assumptions carry most of it. Each is changed here, one at a time, to a value that a
# reasonable reader could hold.

# %%
base = TollPriors.for_event(event.kind, event.mechanism)
alternatives = {
    "as above": base,
    "counting is slow (half in a week)": replace(base, half_time=LogNormal.from_interval(3, 16)),
    "violence ends today": replace(base, duration_growth=LogNormal(0.02, 0.5)),
    "twice as many wounded per killed": replace(
        base,
        wounded_per_killed=LogStudentT(
            3, 2 * base.wounded_per_killed.median, base.wounded_per_killed.sigma
        ),
    ),
}
changed = cm.fit_many(
    [event] * len(alternatives),
    priors=list(alternatives.values()),
    random_seed=2010,
    engine="quick",
)
rows = {
    name: np.quantile(fitted.posterior["true_killed"], [0.05, 0.5, 0.95])
    for name, fitted in zip(alternatives, changed, strict=True)
}
pd.DataFrame(rows, index=["5%", "median", "95%"]).T.round(-1).astype(int)

# %% [markdown]
# Which of these rows holds, no report of 13 June could say: it is known from other events, or not
# at all. What would have narrowed the answer that day is a count by somebody else than officials,
# or a hospital's register of wounds.
