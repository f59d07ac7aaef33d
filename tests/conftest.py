import pytest


@pytest.fixture
def interpreted():
    """Evaluate graphs without compiling them: quicker for what runs a few times only."""
    import pytensor
    from pytensor.compile.mode import Mode

    # Python cannot evaluate the long expressions that fusion makes.
    mode = Mode(linker="py", optimizer="fast_compile").excluding("fusion")
    with pytensor.config.change_flags(mode=mode):
        yield
