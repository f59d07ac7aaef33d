"""Capture-recapture: how many people are on none of several overlapping lists of victims.

Each module holds one family of models and has its own page in the documentation: `graphs` (exact
average over decomposable graphs), `loglinear` (hierarchical log-linear models), `latent_class`
(hidden groups of people), `two_lists` (what two lists can say). Nothing is imported here.
"""
