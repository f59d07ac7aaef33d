"""Figures of a result; each takes ``ax`` and returns the `matplotlib.axes.Axes` it drew on."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "_style": ["alt_text"],
        "calibration": ["plot_calibration"],
        "comparison": ["plot_comparison"],
        "contradictions": ["plot_contradictions"],
        "documented": ["plot_documented"],
        "exceedance": ["plot_exceedance"],
        "families": ["plot_families"],
        "leave_one_out": ["plot_leave_one_out"],
        "model_weights": ["plot_model_weights"],
        "overlaps": ["plot_overlaps"],
        "parts": ["plot_parts"],
        "priors": ["plot_priors"],
        "sensitivity": ["plot_sensitivity"],
        "sources": ["plot_sources"],
        "timeline": ["plot_timeline"],
        "toll": ["plot_toll"],
        "unseen": ["plot_unseen"],
        "unfolding": ["plot_unfolding"],
    },
)
