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
# # Your own event
#
# How many people were killed and wounded in the event that you have in mind? Fill in the two cells
# marked **FILL IN** and run all cells from the top. It takes half an hour, most of it to find and
# type the reports. What stands here is an invented flood, so that everything runs as it is.
#
# If your reports are in a spreadsheet, or you would rather use the command line, you need no
# notebook: see the page *My reports are a spreadsheet*.

# %%
from dataclasses import replace

import pandas as pd

import casualty_models as cm
from casualty_models.inference import provenance
from casualty_models.plots import plot_documented, plot_exceedance
from casualty_models.summaries import tolls_table

# %% [markdown]
# ## 1. FILL IN: the event
#
# `kind` is one of the words below, `mechanism` what killed most of the dead. `end` is the last day
# of the danger: leave it `None` while it goes on, for then the estimate is of the toll at its end.

# %%
print(*cm.events.KINDS, sep=", ")
print(*cm.events.MECHANISMS, sep=", ")

# %%
EVENT = {
    "name": "Flood in Testville, May 2030 (invented)",
    "kind": "flood",
    "mechanism": "drowning",
    "start": "2030-05-01",
    "end": "2030-05-02",
}

# %% [markdown]
# ## 2. FILL IN: the reports
#
# One entry for each number that each source gave on each day. Copy the words as they were printed.
# Do not add numbers up, do not average, and do not leave out what contradicts the rest.
#
# - `date`: the day on which the statement was true
# - `source_kind`: official, health_ministry, hospital, un, ngo, media, opponent or inquiry
# - `quantity`: killed, wounded, missing, hospitalized or casualties
# - `says`: the words; or `value`, a number; or `lower` and `upper`, your own bounds
# - `claim`: count (somebody counted), estimate, claim, projection or missing_list
# - `place`, `group`, `period`: only for a part of the event ("North district", "children")
# - `floor`: True only for bodies that were counted or named

# %%
REPORTS = [
    {
        "date": "2030-05-02",
        "source": "Mayor of Testville",
        "source_kind": "official",
        "quantity": "killed",
        "says": "at least 23",
    },
    {
        "date": "2030-05-02",
        "source": "City hospital",
        "source_kind": "hospital",
        "quantity": "wounded",
        "says": "about 60",
    },
    {
        "date": "2030-05-03",
        "source": "Red Cross volunteers",
        "source_kind": "ngo",
        "quantity": "killed",
        "says": "more than 50",
        "claim": "claim",
    },
    {
        "date": "2030-05-04",
        "source": "Interior ministry",
        "source_kind": "official",
        "quantity": "killed",
        "says": "38",
    },
    {
        "date": "2030-05-04",
        "source": "Interior ministry",
        "source_kind": "official",
        "quantity": "missing",
        "says": "15",
        "claim": "missing_list",
    },
    {
        "date": "2030-05-04",
        "source": "School board",
        "source_kind": "official",
        "quantity": "killed",
        "says": "4",
        "group": "pupils",
    },
]

# %% [markdown]
# ## 3. Was it understood?
#
# Read every line. `lower` and `upper` are what the words were taken to mean: bounds on the count
# that the source had. If they are not what you would have understood, give `lower` and `upper`.
# A line with a `group` or `place` is a part of the event and not a rival of its total.

# %%
event = cm.Event(**EVENT, reports=[cm.Report(**report) for report in REPORTS])
event.to_frame()[
    ["date", "source", "quantity", "says", "lower", "upper", "claim", "place", "group"]
].fillna("")

# %% [markdown]
# Do the statements go together? Each pair that hardly does is named, with the statement to doubt
# first. Look for a misprint, a mixed-up place or day; if there is none, keep both.

# %%
pairs = cm.checks.contradictions(event)
print(cm.checks.contradictions_sentence(pairs), *pairs["words"], sep="\n")

# %% [markdown]
# ## 4. The estimate

# %%
result = cm.fit(cm.toll_model(event), random_seed=1, engine="quick")
diagnostics = provenance(result)["diagnostics"]
diagnostics["converged"], diagnostics["advice"]

# %% [markdown]
# If the first is not `True`, do what the advice says before you read on.

# %%
cm.toll_table(result)[["documented", "printed"]].style.set_properties(**{"white-space": "normal"})

# %%
for quantity in ("killed", "wounded"):
    print(cm.toll_sentence(result, quantity), end="\n\n")
print(*provenance(result)["notes"], sep="\n")

# %%
ax = cm.plot_toll(result)

# %%
ax = plot_exceedance(result)

# %%
ax = plot_documented(tolls_table([result]))

# %% [markdown]
# ## 5. Who carries the answer?
#
# What each kind of source alone would imply, and the answer without each source. If one source
# decides everything, say so wherever you print the answer.

# %%
ax = cm.plot_sources(result)

# %%
without = cm.checks.leave_one_source_out(event, random_seed=1, engine="quick", probs=(0.9,))
without = without[without["quantity"] == "killed"]
without[["without", "printed"]].replace({"without": {"": "nobody"}})

# %% [markdown]
# ## 6. What would change the answer?
#
# The kind of event decides how fast counts are expected to grow and how far off they are. Try the
# kinds that it could also be called; if the answer moves out of its interval, print both.

# %%
kinds = [EVENT["kind"], "landslide", "other"]
renamed = [replace(event, kind=kind) for kind in kinds]
other = tolls_table(cm.fit_many(renamed, random_seed=1, engine="quick"), probs=(0.9,))
other = other[other["quantity"] == "killed"]
pd.DataFrame({"kind": kinds, "killed": list(other["printed"])})

# %% [markdown]
# Beyond that:
#
# - **A report that you have not found.** What did the other side say? The hospitals? The last
#   bulletin of the day after?
# - **A definition.** Do all sources count the same people?
# - **That it is not over.** Set `end` to `None` and look again.
#
# Before you publish, read *Write it up for the public* and *Responsible use*. To keep everything:
#
# ```python
# result.to_netcdf("my-event.nc")  # all draws, with the reports
# cm.report_html.write_report(result, "my-event.html")  # a page to read and print
# ```
