"""Toll models of many events, one after the other: those of one structure are built once."""

import numpy as np
import pymc as pm

from casualty_models.events import Event
from casualty_models.models.toll import model_of
from casualty_models.models.toll_evidence import TollEvidence
from casualty_models.priors import TollPriors

MOST_MODELS = 64  # kept, about a megabyte each
_MODELS: dict[tuple[object, ...], pm.Model] = {}


def toll_model_again(event: Event, priors: TollPriors | None = None) -> pm.Model:
    """Return the toll model of an event: one built before, where its structure is the same.

    That model now has the data, labels and provenance of this event, so it can serve for one event
    at a time; building it anew takes ten times as long.

    Parameters
    ----------
    event, priors
        As of `toll_model`.

    Raises
    ------
    DataError
        As `toll_model`.

    Examples
    --------
    >>> from casualty_models.datasets import load_osh_2010
    >>> from casualty_models.models.toll_again import toll_model_again
    >>> osh = load_osh_2010()
    >>> first = toll_model_again(osh.as_of("2010-06-13"))
    >>> toll_model_again(osh.as_of("2010-06-13")) is first
    True
    """
    evidence = TollEvidence.of(event, priors)
    if evidence.divided:
        return model_of(evidence)
    structure = evidence.structure
    model = _MODELS.pop(structure, None)
    if model is None:
        model = model_of(evidence)
        while len(_MODELS) >= MOST_MODELS:
            _MODELS.pop(next(iter(_MODELS)))
    else:
        _tell(model, evidence)
    _MODELS[structure] = model  # the one that was not used for longest comes first
    return model


def _tell(model: pm.Model, evidence: TollEvidence) -> None:
    """Put the data, labels and provenance of an event into a model of its structure."""
    values = evidence.values()
    for variable in model.data_vars:
        variable.set_value(np.asarray(values[variable.name], dtype=variable.type.dtype))
    for name, labels in evidence.labels.items():
        model.set_dim(name, len(labels), tuple(labels))
    model.provenance = evidence.provenance
