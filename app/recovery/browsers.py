"""A browser in plain words, from what it says of itself: “Firefox on Linux”. Pure.

The words and their order are those of https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/User-Agent: nearly
every browser also names the ones that it descends from, so the first that is found counts.
"""

_BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "SamsungBrowser/": "Samsung Internet",
    "YaBrowser/": "Yandex Browser",
    "Vivaldi/": "Vivaldi",
    "Firefox/": "Firefox",
    "FxiOS/": "Firefox",
    "CriOS/": "Chrome",
    "Chrome/": "Chrome",
    "Safari/": "Safari",
    "curl/": "curl",
    "Python": "a Python program",
}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "CrOS": "ChromeOS",
    "Mac OS X": "Mac",
    "Linux": "Linux",
}


def device(user_agent: str) -> str:
    """What people call the browser that sends this, and what it runs on, as far as that is known."""
    browser = next((name for sign, name in _BROWSERS.items() if sign in user_agent), "An unknown browser")
    system = next((name for sign, name in _SYSTEMS.items() if sign in user_agent), None)
    browser = browser[0].upper() + browser[1:]
    return f"{browser} on {system}" if system is not None else browser
