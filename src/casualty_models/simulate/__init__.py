"""Forward simulation with known truth, in NumPy only: a second opinion on the models."""

from casualty_models.simulate.reports import simulate_counts, simulate_event

__all__ = ["simulate_counts", "simulate_event"]
