import os
from pathlib import Path

import pytest

CACHE = Path(__file__).resolve().parents[1] / ".pytensor"
os.environ.setdefault("PYTENSOR_FLAGS", f"base_compiledir={CACHE}")


@pytest.fixture
def interpreted():
    """Evaluate graphs without compiling them: quicker for what runs a few times only."""
    import pytensor
    from pytensor.compile.mode import Mode

    with pytensor.config.change_flags(mode=Mode(linker="py", optimizer="fast_compile")):
        yield
