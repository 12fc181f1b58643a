"""A headless Chromium for tests, driven by the WebDriver protocol: plain HTTP, no client library."""

import base64
import json
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004"}


def what_is_missing():
    """Why there can be no browser here; '' where there can."""
    missing = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    if missing:
        return f"no {' and no '.join(missing)} (Debian: apt-get install chromium chromium-driver)"
    return ""


class Browser:
    """One window, as a context: `with Browser() as browser: browser.open(path)`."""

    def __init__(self, profile, width=1280, height=900):
        self.profile, self.size = profile, (width, height)

    def __enter__(self):
        port = _free_port()
        self.driver = subprocess.Popen(
            ["chromedriver", f"--port={port}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.address = f"http://127.0.0.1:{port}"
        try:
            self._await()
            self.session = self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exception):
        try:
            if hasattr(self, "session"):
                self._ask("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait(timeout=20)

    def _await(self):
        for _ in range(200):
            try:
                if _request("GET", f"{self.address}/status")["ready"]:
                    return
            except (urllib.error.URLError, ConnectionError):
                pass
            time.sleep(0.05)
        raise RuntimeError("chromedriver does not answer")

    def _start(self):
        options = [
            "--headless=new",
            "--no-sandbox",  # a container has no user namespaces, and is one root user
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--host-resolver-rules=MAP * ~NOTFOUND",  # there is no network
            f"--user-data-dir={self.profile}",
            f"--window-size={self.size[0]},{self.size[1]}",
        ]
        wanted = {
            "goog:chromeOptions": {"args": options},
            "goog:loggingPrefs": {"browser": "ALL"},
        }
        asked = {"capabilities": {"alwaysMatch": wanted}}
        return _request("POST", f"{self.address}/session", asked)["sessionId"]

    def _ask(self, method, path, data=None):
        return _request(method, f"{self.address}/session/{self.session}{path}", data)

    def open(self, path):
        """Load a file, and wait until it is there."""
        self._ask("POST", "/url", {"url": path.as_uri()})

    def run(self, script, *arguments):
        """What a script returns."""
        return self._ask("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def find(self, selector):
        found = self._ask("POST", "/element", {"using": "css selector", "value": selector})
        return found[ELEMENT]

    def click(self, selector):
        self._ask("POST", f"/element/{self.find(selector)}/click", {})

    def type(self, selector, text):
        path = f"/element/{self.find(selector)}/value"
        self._ask("POST", path, {"text": KEYS.get(text, text)})

    def texts(self, selector):
        """The texts of all elements that a selector finds."""
        script = "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)"
        return self.run(script, selector)

    def complaints(self):
        """What the page wrote to the console: errors, and what it could not load."""
        return [entry["message"] for entry in self._ask("POST", "/se/log", {"type": "browser"})]

    def screenshot(self):
        """The window as a PNG."""
        return base64.b64decode(self._ask("GET", "/screenshot"))


def _free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def _request(method, address, data=None):
    body = None if data is None else json.dumps(data).encode()
    request = urllib.request.Request(
        address, body, {"Content-Type": "application/json"}, method=method
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=60) as answer:
            return json.load(answer)["value"]
    except urllib.error.HTTPError as problem:
        with problem:
            found = json.load(problem)["value"]
        raise RuntimeError(f"{found['error']}: {found['message']}") from None
