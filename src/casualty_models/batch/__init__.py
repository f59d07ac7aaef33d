"""Fit many events: on one core, on all of them, or on a cluster; in memory or into a folder."""

from casualty_models.batch.many import fit_many
from casualty_models.batch.to_folder import fit_to_folder, read_tolls

__all__ = ["fit_many", "fit_to_folder", "read_tolls"]
