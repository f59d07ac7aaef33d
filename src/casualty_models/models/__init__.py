"""Functions that return a plain `pymc.Model`."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, submod_attrs={"toll": ["toll_model"], "growth": ["counted_share"]}
)
