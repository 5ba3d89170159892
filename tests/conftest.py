"""What every test starts from."""

import os

import pytest
from hypothesis import settings

from nnwidget import datasets

# How long an example takes says nothing on a shared machine; a failure must be repeatable wherever it is looked into.
settings.register_profile("here", deadline=None, print_blob=True)
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(scope="session")
def biodeg_at_hand() -> None:
    """Skips where the biodeg data is neither on this machine nor to be had from the internet."""
    try:
        datasets.load_biodeg()
    except ConnectionError as error:
        if os.environ.get("NNWIDGET_DATA_DIR"):
            raise
        pytest.skip(f"NNWIDGET_DATA_DIR is not set and the data cannot be downloaded: {error}")
