"""What every test starts from."""

import os

from hypothesis import settings

# How long an example takes says nothing on a shared machine; a failure must be repeatable wherever it is looked into.
settings.register_profile("here", deadline=None, print_blob=True)
settings.register_profile("ci", settings.get_profile("here"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")
