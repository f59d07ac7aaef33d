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
# # Can we trust this answer?
#
# Two weeks after the violence in Osh and Jalal-Abad, on 28 June 2010, the Health Ministry counted
# 294 dead. The interim president had said that one might multiply the count by ten; media spoke
# of two thousand; community leaders of several hundred. A model turns all this into one interval.
# Before anyone prints it, there are questions to ask: how much of it comes from the reports at
# all, which assumption carries it, do the statements even go together, and does it hang on one
# source? And what piece of evidence, not yet collected, would help most?

# %%
import matplotlib.pyplot as plt
import pandas as pd

import casualty_models as cm
from casualty_models import checks
from casualty_models.datasets import load_osh_2010
from casualty_models.events import Estimate, Report, with_origins
from casualty_models.plots.contradictions import plot_contradictions
from casualty_models.plots.leave_one_out import plot_leave_one_out
from casualty_models.plots.sensitivity import plot_sensitivity

INQUIRY = 470  # Kyrgyzstan Inquiry Commission, May 2011; used here only to look back
QUICK = {"engine": "nuts", "draws": 500, "chains": 2, "random_seed": 2010}
pd.set_option("display.max_colwidth", 110)

# %% [markdown]
# ## The data
#
# Everything that had been said by 28 June, with newspapers that repeat the ministry marked as such,
# so that one bulletin counts once.

# %%
event = with_origins(load_osh_2010().as_of("2010-06-28"))
used = [r for r in event.reports if r.quantity in ("killed", "wounded") and not r.is_part]
pd.crosstab([r.source_kind for r in used], [f"{r.quantity}, {r.claim}" for r in used])

# %% [markdown]
# ## The answer

# %%
model = cm.toll_model(event)
result = cm.fit(model, draws=2000, tune=2000, random_seed=2010)
print(cm.toll_sentence(result))

# %%
ax = cm.plot_toll(result)

# %% [markdown]
# ## How much of it did the reports decide?
#
# The interval before and after the reports. On a logarithmic scale, because the question before was
# "tens or tens of thousands?".

# %%
for quantity in ("killed", "wounded"):
    print(checks.narrowing_sentence(result, quantity))
print(checks.DATA_SHARE_MEANING)

# %% [markdown]
# ## Which assumption carries it?
#
# Each part of the prior is made a little wider and a little narrower, and the answer watched. Above
# 0.05 the answer rests on that part. That is no fault by itself: no report of June 2010 could say
# how far the ministry's count would still grow. But it tells where to argue.

# %%
sensitivity = checks.sensitivity(result)
print(checks.sensitivity_sentence(sensitivity, "killed"))
print(checks.sensitivity_sentence(sensitivity, "wounded"))
sensitivity.loc[sensitivity["quantity"] == "killed", ["component", "sensitivity", "words"]]

# %%
fig, ax = plt.subplots(figsize=(7, 6), layout="constrained")
ax = plot_sensitivity(sensitivity, ax=ax)

# %% [markdown]
# ## Do the statements go together?
#
# Two statements contradict each other when they are further apart than such statements usually are,
# given that counts grow, sources lean and numbers are noisy; or when arithmetic alone excludes
# both. No fit is needed for this.

# %%
table = checks.contradictions(event)
print(checks.contradictions_sentence(table))
table[["words", "certain", "sds", "chance"]].head(8).round(2)

# %% [markdown]
# The slips that arithmetic finds are small: a bulletin that took eleven deaths back, a count of
# wounded that went down by one. What is furthest apart, the first reports of single deaths against
# claims of a thousand, is no further apart than the priors expect among so many pairs. So nothing
# has to be thrown out; the disagreement is what the width of the interval is made of.

# %%
fig, ax = plt.subplots(figsize=(9, 5), layout="constrained")
ax = plot_contradictions(event, table=table, ax=ax)

# %% [markdown]
# ## Does it hang on one source?
#
# Each kind of source is left out in turn, with all that it said. Leaving out single bulletins would
# tell nothing: their neighbors say nearly the same.

# %%
without = checks.leave_one_source_out(event, by="kind", **QUICK)
for words in without.loc[without["quantity"] == "killed", "words"]:
    print(words)

# %%
fig, ax = plt.subplots(figsize=(7, 6), layout="constrained")
ax = plot_leave_one_out(without, ax=ax)

# %% [markdown]
# ## Do the reports look like reports that the model would produce?
#
# A p-value near 0 or 1 is an alarm. One in between proves little, for the model has seen these
# reports.

# %%
checks.predictive_checks(result).round(3)

# %% [markdown]
# ## What would change the answer?
#
# Three pieces of evidence that somebody could have gone to collect in July 2010. Each is worth what
# it is expected to take away from the interval, over all that it might turn out to say.

# %%
collected = {
    "one more bulletin": Report(
        date="2010-07-15",
        source="next bulletin of the ministry",
        source_kind="health_ministry",
        quantity="killed",
        value=300,
    ),
    "another claim": Report(
        date="2010-07-15",
        source="another claim in a newspaper",
        source_kind="media",
        quantity="killed",
        value=2000,
        claim="claim",
    ),
    "a survey": Estimate(
        date="2010-07-15", source="survey of households", lower=320, upper=580, median=430
    ),
}
worth = {}
for name, report in collected.items():
    found = checks.whatif(event, report, outcomes=3, **QUICK)
    print(checks.whatif_sentence(found))
    worth[name] = found.narrowing
pd.Series(worth, name="share of the width that it would take away").round(2)

# %% [markdown]
# So: the reports decided most of the answer, and what they left open is decided by two things that
# no report of June could settle: how much further a count of that kind grows, and how far settled
# counts of officials lie below the truth. Both come from other events. Another newspaper with
# another round number would change nothing. A survey, or a register of names kept by somebody else
# than the ministry, would.
#
# A year later the inquiry put the dead at about 470.

# %%
print(f"chance that more than {INQUIRY} were killed: {cm.prob_above(result, INQUIRY):.2f}")
