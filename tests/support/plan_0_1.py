"""The plan that tests of the mechanics live by: that of version 0.1, which never changes.

What is told of the plan as shipped today is told in ``tests/config/shipped``.
"""

from config.settings import PLAN_0_1_DIR

BY_PLAN_0_1 = {"DONDOC_PLAN_DIR": str(PLAN_0_1_DIR)}
"""Settings of an installation that begins with it."""
