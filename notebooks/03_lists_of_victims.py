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
# # How many are on no list?
#
# Several groups wrote down names of the dead. Some names are on two lists or three. From how the
# lists overlap one can ask how many of the dead are on none of them. Sometimes the lists can
# answer. Sometimes they cannot, and then the honest answer is a range without a middle, or none.
# Here are three real cases: one where the truth is nearly known, one where the families of models
# disagree, and one where no estimate exists.

# %%
import warnings

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from casualty_models.capture.estimate import estimate_unseen
from casualty_models.capture.graphs import graph_average
from casualty_models.capture.hide_list import hide_each_list
from casualty_models.capture.loglinear import loglinear_average
from casualty_models.capture.mixture import across_tables
from casualty_models.capture.strata import pooled_strata
from casualty_models.datasets import load_lists
from casualty_models.lists.linkage import WeightedTables
from casualty_models.plots import (
    plot_families,
    plot_model_weights,
    plot_overlaps,
    plot_unseen,
)

pd.set_option("display.width", 120)
PARTICLES = 1000  # half of the default, to keep the notebook short

# %% [markdown]
# ## Kosovo, March to June 1999
#
# Four organizations listed people killed. Years later the Kosovo Memory Book, a near-census,
# counted 10,401 dead. It is used here only to look back.

# %%
MEMORY_BOOK = 10_401
kosovo = load_lists("kosovo1999")
print(kosovo.estimability())
ax = plot_overlaps(kosovo)

# %% [markdown]
# The gray bars are people on one list alone. Only the blue ones tell about those on no list. Before
# anything is estimated: no cell is empty, every two lists share people, an estimate exists.

# %%
answer = estimate_unseen(kosovo, particles=PARTICLES, random_seed=1999)
print(answer)

# %%
fig, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
plot_families(answer, ax=axes[0])
axes[0].plot(
    MEMORY_BOOK, 0, "k^", ms=9, transform=axes[0].get_xaxis_transform(), clip_on=False, zorder=3
)
plot_model_weights(loglinear_average(kosovo, random_seed=1999), ax=axes[1])

# %% [markdown]
# The triangle on the axis is the Memory Book. Independent lists, the textbook formula, would have
# said 7,400 and been sure of it: those who were easy to find were found by all. Decomposable graphs
# foretold the counts far worse than the others and are left out.
#
# ### Would the method have passed a test on this very material?
#
# Hide one list. How many of its members are on none of the others? That number is known.

# %%
hide_each_list(kosovo, families=["graphs", "loglinear"], random_seed=1999).round(
    {"median": 0, "lower95": 0, "upper95": 0, "place": 2}
)

# %% [markdown]
# One list fails: nearly everyone whom it alone has, 845 people, should by the other lists not be
# there. It reached people whom the others did not reach. So there may be more such people, whom
# none reached, and this is a reason to read the upper part of the interval with care.
#
# ## Gaza, October 2023 to June 2024
#
# Three lists of deaths by injury: of the hospitals, of a survey, of obituaries in social media.

# %%
gaza = load_lists("gaza_2024_3")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    answer = estimate_unseen(gaza, particles=PARTICLES, random_seed=2024)
print(answer)

# %%
fig, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
plot_families(answer, ax=axes[0])
plot_model_weights(graph_average(gaza), ax=axes[1])

# %% [markdown]
# Seven counts, and a model with seven parameters reproduces them whatever they are. The answer of
# that model rests on one thing that cannot be tested: that there is no interaction of all three
# lists. Latent classes take it that two or three hidden groups of people differ in how easily they
# are found; they fit the counts as well, reach further down and further up, and have two hills.

# %%
fig, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
plot_unseen(answer, family="loglinear", ax=axes[0])
plot_unseen(answer, family="latent_class", ax=axes[1])

# %% [markdown]
# ### Strata
#
# Deaths of October 2023 were listed under other conditions than those of March 2024. Month by month
# the people are more alike. Each month borrows from the others how many people are missed, and the
# total is a sum of draws, not of interval ends. (The published estimate, also from log-linear
# models in strata, is 64,260, with an interval from 55,298 to 78,525.) For 142 people no month is
# known; they are in no stratum.

# %%
print(pooled_strata(load_lists("gaza_2024_3_by_month"), random_seed=2024))

# %% [markdown]
# ### Who drops out of a table with strata
#
# By age and sex the same lists seem to say something else:

# %%
by_age = load_lists("gaza_2024_3_by_age_sex")
print(pooled_strata(by_age, random_seed=2024).sentences()[0])
people = pd.DataFrame({"all": gaza.cells, "of known age and sex": by_age.total().cells})
people.index = ["+".join(np.array(gaza.lists)[on == 1]) for on in gaza.patterns]
people

# %% [markdown]
# It is not the age that matters. People of unknown age or sex cannot be put into a stratum, and
# nearly all of them are on social media alone: 957 of the 1,469 who are on no other list drop out.
# People on one list alone are what the estimate of the unseen is made of. Records that are
# incomplete must be imputed, several times, and not left out: that is what `across_tables` with
# replicates is for.
#
# ## Palembang: no honest number
#
# 123 Korean women who were held at Palembang in the Second World War, on three lists, which the
# published table calls b, c and d.

# %%
palembang = load_lists("korea_palembang_3")
ax = plot_overlaps(palembang)
print(palembang.estimability())

# %%
answer = estimate_unseen(palembang, particles=PARTICLES, random_seed=1945)
print("\n".join(answer.sentences))

# %%
ax = plot_unseen(answer, family="latent_class")

# %% [markdown]
# The estimate of the model with all pairs runs to infinity. The numbers above are finite because
# the priors are: most of the posterior of the latent classes lies where the prior lay before it was
# known who is on which list. The only thing to say without a prior is that there were at least 123
# women.
#
# ## What would change the answer
#
# **The matching of records.** Khartoum State, April 2023 to June 2024: the study that matched the
# records published its tables for 25 settings of the matching.

# %%
grid = load_lists("sudan_khartoum_2023_24_3_linkage_grid")
settings = [name for name in grid.strata if name.startswith("all_cause")]
khartoum = across_tables(
    WeightedTables.from_strata(grid, names=settings), "loglinear", random_seed=2023
)
print(khartoum)

# %% [markdown]
# A missed match makes two people of one and removes someone from the overlap. Most of what is not
# known here is not known because of the matching, and no model of the lists can help with that.
#
# **The priors.** Medians of the toll of Khartoum under other usual priors, and with the graph whose
# answer is its prior:

# %%
one = load_lists("sudan_khartoum_all_cause_3")
rows = {
    "graphs": graph_average(one),
    "graphs, delta 1/2": graph_average(one, delta=0.5),
    "graphs, saturated one kept": graph_average(one, saturated=True),
    "log-linear": loglinear_average(one, random_seed=1),
    "log-linear, interactions half as wide": loglinear_average(
        one, interaction_sd=0.5, random_seed=1
    ),
    "log-linear, twice as wide": loglinear_average(one, interaction_sd=2.0, random_seed=1),
}
medians = {name: np.round(average.quantile(0.5), -2) for name, average in rows.items()}
pd.Series(medians).astype(int)

# %% [markdown]
# **A list of another kind.** What these models cannot see are people whom no list could have
# reached. A small survey of households, of places chosen by chance, tells more about them than
# another long list of those who are easy to find.
