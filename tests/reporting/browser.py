"""A Chromium that tests can drive: opened without a network, watched for requests, violations and errors."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import tempfile
import time
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-background-networking --disable-quic --no-first-run "
    "--disable-component-update --disable-sync --remote-debugging-port=0 --hide-scrollbars"
).split()


_AXE = """
axe.run({resultTypes: ['violations']}).then(found => found.violations
  .filter(each => ['serious', 'critical'].includes(each.impact))
  .map(each => each.id + ': ' + each.nodes.length + ' ' + each.nodes[0].html.slice(0, 150)))
"""


@cache
def _axe_core() -> str:
    """Return axe-core as its package carries it; the package's own browser driver is not used."""
    folder = find_spec("axe_core_python")
    assert folder is not None
    assert folder.submodule_search_locations is not None
    return (Path(folder.submodule_search_locations[0]) / "axe.min.js").read_text(encoding="utf-8")


def chromium() -> str:
    """Return the browser's path, or skip the test."""
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium fonts-noto-cjk)")
    return found


class Browser:
    """One page in one browser, driven over its debugging port."""

    def __init__(self) -> None:
        self._profile = tempfile.TemporaryDirectory(prefix="salesdesk-browser-", ignore_cleanup_errors=True)
        command = [chromium(), *FLAGS, f"--user-data-dir={self._profile.name}", "about:blank"]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._number = 0
        self.requests: list[str] = []
        self.problems: list[str] = []

    def __enter__(self) -> Self:
        from websockets.sync.client import connect

        port, path = self._active_port()
        browser = connect(f"ws://127.0.0.1:{port}{path}", max_size=None)
        self._socket = browser
        self._session = ""
        target = self.send("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.send("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.send(f"{domain}.enable")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()
        self._process.terminate()
        self._process.wait(timeout=20)
        self._profile.cleanup()

    def _active_port(self) -> tuple[str, str]:
        told = Path(self._profile.name) / "DevToolsActivePort"
        for _ in range(300):
            if told.exists() and len(lines := told.read_text().split()) == 2:
                return lines[0], lines[1]
            time.sleep(0.1)
        message = "Chromium did not open its debugging port"
        raise TimeoutError(message)

    def send(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send one command and return its answer; what happens meanwhile is remembered."""
        self._number += 1
        command: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            command["sessionId"] = self._session
        self._socket.send(json.dumps(command))
        while True:
            answer = json.loads(self._socket.recv(timeout=60))
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                result: dict[str, Any] = answer["result"]
                return result
            self._remember(answer)

    def _remember(self, event: dict[str, Any]) -> None:
        parameters = event.get("params", {})
        match event.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(parameters["request"]["url"])
            case "Log.entryAdded":
                self.problems.append(parameters["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.problems.append(str(parameters["exceptionDetails"]))

    def open(self, path: Path, width: int = 1400, height: int = 1000, *, has_script: bool = True) -> None:
        """Open a file and wait until it is loaded."""
        self.send("Emulation.setScriptExecutionDisabled", value=not has_script)
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        self.send("Page.navigate", url=path.as_uri())
        for _ in range(200):
            if self.value("document.readyState") == "complete":
                return
            time.sleep(0.05)
        message = f"{path.name} did not load"
        raise TimeoutError(message)

    def visit(self, address: str) -> None:
        """Go to an address; whoever calls waits for what is to be there."""
        self.send("Page.navigate", url=address)

    def value(self, expression: str) -> Any:
        """Return the value of an expression in the page; works with the page's own scripts off, too."""
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def axe(self) -> list[str]:
        """Return what axe-core finds serious or critical in the open page, as rule and first element."""
        self.value(_axe_core())
        answer = self.send("Runtime.evaluate", expression=_AXE, returnByValue=True, awaitPromise=True)
        found: list[str] = answer["result"]["value"]
        return found

    def press(self, key: str) -> None:
        """Press and release a key."""
        codes = {"Tab": 9, "Enter": 13, "ArrowRight": 39, "ArrowLeft": 37, " ": 32}
        text = {"Enter": "\r", " ": " "}.get(key, "")
        for kind in ("keyDown", "keyUp"):
            extra = {"text": text} if text and kind == "keyDown" else {}
            self.send(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=codes[key],
                **extra,
            )

    def pdf(self) -> bytes:
        """Return the page printed on A4 as its style sheet says."""
        answer = self.send("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        return base64.b64decode(answer["data"])
