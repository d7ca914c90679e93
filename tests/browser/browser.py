"""A headless chromium, driven by its chromedriver over the W3C WebDriver protocol on loopback."""
import base64
import json
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

# Nothing that a browser does for itself may reach a network: only what the page asks for is looked at.
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync"]
START_SECONDS = 30
ANSWER_SECONDS = 60


def missing():
    """The programs that this needs and that are not installed."""
    return [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]


class Browser:
    """Use as a context: the browser, its driver and its profile are gone at the end."""

    def __init__(self, scripts=True, dark=False):
        self._scripts = scripts
        self._dark = dark

    def __enter__(self):
        self._profile = tempfile.TemporaryDirectory(prefix="inferometer-browser-", ignore_cleanup_errors=True)
        self._driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        try:
            self._address = f"http://127.0.0.1:{self._port()}"
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if hasattr(self, "_session"):
            self._ask("DELETE", "")
        self._driver.terminate()
        self._driver.wait(timeout=START_SECONDS)
        self._driver.stdout.close()
        self._profile.cleanup()

    def _port(self):
        for line in self._driver.stdout:
            if "started successfully on port" in line:
                return int(line.rsplit(" ", 1)[1].strip().rstrip("."))
        raise RuntimeError("chromedriver ended before it listened")

    def _start(self):
        options = {"binary": shutil.which("chromium"), "args": FLAGS + [f"--user-data-dir={self._profile.name}"]}
        if not self._scripts:
            options["prefs"] = {"profile.managed_default_content_settings.javascript": 2}
        wanted = {"browserName": "chrome", "goog:chromeOptions": options,
                  "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                answer = self._post("/session", {"capabilities": {"alwaysMatch": wanted}})
                break
            except urllib.error.HTTPError as error:
                raise RuntimeError(error.read().decode()) from error
            except urllib.error.URLError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        self._session = answer["sessionId"]
        if self._dark:
            self.cdp("Emulation.setEmulatedMedia",
                     {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})

    def _ask(self, method, path, body=None):
        return self._send(method, f"/session/{self._session}{path}", body)

    def _post(self, path, body):
        return self._send("POST", path, body)

    def _send(self, method, path, body=None):
        sent = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._address + path, sent, {"Content-Type": "application/json"},
                                         method=method)
        # Loopback needs no proxy, whatever the environment says.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=ANSWER_SECONDS) as answer:
            return json.load(answer)["value"]

    def cdp(self, command, parameters):
        return self._ask("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def size(self, width, height):
        self.cdp("Emulation.setDeviceMetricsOverride",
                 {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def open(self, file):
        self._log("performance")
        self._ask("POST", "/url", {"url": f"file://{file}"})

    def run(self, script):
        """Works with scripts of the page turned off too: it does not run as one of them."""
        answer = self.cdp("Runtime.evaluate", {"expression": script, "returnByValue": True})
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def screenshot(self, file, whole=False):
        answer = self.cdp("Page.captureScreenshot", {"captureBeyondViewport": whole})
        with open(file, "wb") as picture:
            picture.write(base64.b64decode(answer["data"]))

    def _log(self, kind):
        return self._ask("POST", "/se/log", {"type": kind})

    def console(self):
        return [entry["message"] for entry in self._log("browser")]

    def requests(self):
        """Addresses that were asked for since `open`, the page itself among them."""
        events = [json.loads(entry["message"])["message"] for entry in self._log("performance")]
        return [event["params"]["request"]["url"] for event in events
                if event["method"] == "Network.requestWillBeSent"]
