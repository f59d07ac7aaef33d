"""From conflicting casualty reports to a posterior distribution of the true toll.

The public names are listed in the stub beside this file and are loaded when they are first used,
so that reading and checking data does not wait for the sampler to be imported.
"""

import lazy_loader

_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("casualty-models")
    return _load(name)
