"""A whole Chromium with service workers, as for notices."""

from tests.browser.notices.conftest import chrome, profiles

__all__ = ["chrome", "profiles"]
