"""A real JupyterLab, and a notebook open in it, as the browser tests see them.

Nothing of the user's own Jupyter is read or written: its settings, data and runtime folders are temporary ones.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import nbformat
import websocket
from playwright.sync_api import Error, Page

import nnwidget

ROOT = Path(__file__).parent.parent.parent
SCREENSHOTS = ROOT / "test-results"
DEFAULTS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
}


class JupyterLab:
    """A JupyterLab server in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "notebooks"
        self.root.mkdir()
        settings = folder / "config" / "labconfig"
        settings.mkdir(parents=True)
        (settings / "default_setting_overrides.json").write_text(json.dumps(DEFAULTS))
        environment = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
        environment |= {
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "JUPYTER_CONFIG_PATH": str(Path(nnwidget.__file__).parent / "jupyter"),
            "IPYTHONDIR": str(folder / "ipython"),
        }
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self._log_path = folder / "log"
        command = [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}"),
            *("--ServerApp.port_retries=0", "--IdentityProvider.token=", f"--ServerApp.root_dir={self.root}"),
            *("--ServerApp.disable_check_xsrf=True", "--LabApp.expose_app_in_browser=True"),
        ]
        with self._log_path.open("w") as log:
            self._process = subprocess.Popen(
                command, cwd=self.root, env=environment, stdout=log, stderr=log, start_new_session=True
            )

    def wait(self, seconds: float = 90) -> None:
        """Return when the server answers.

        Raises:
            RuntimeError: if it ended or did not answer in time, with its log.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self._process.poll() is None:
            with contextlib.suppress(OSError):
                self.api("status")
                return
            time.sleep(0.2)
        raise RuntimeError(f"JupyterLab does not answer at {self.url}\n{self.log()}")

    def stop(self) -> None:
        """Stop the server and its kernels."""
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def log(self) -> str:
        """What the server and the kernels have written to their standard error so far."""
        return self._log_path.read_text(errors="replace")

    def api(self, path: str, method: str = "GET") -> Any:
        """Answer of the server's REST interface."""
        request = urllib.request.Request(f"{self.url}/api/{path}", method=method)
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.loads(response.read() or "null")

    def sessions(self, path: str) -> list[dict[str, Any]]:
        """The session of the notebook at ``path``, which names its kernel; none if that was shut down."""
        return [session for session in self.api("sessions") if session["path"] == path]


class Kernel:
    """A second client of a notebook's kernel: runs code there, and notices what goes wrong in it."""

    def __init__(self, lab: JupyterLab, kernel_id: str) -> None:
        self.problems: list[str] = []
        self._session = uuid.uuid4().hex
        self._replies: queue.Queue[dict[str, Any]] = queue.Queue()
        address = f"{lab.url.replace('http', 'ws', 1)}/api/kernels/{kernel_id}/channels?session_id={self._session}"
        self._socket = websocket.create_connection(address, timeout=30)
        self._socket.settimeout(None)
        threading.Thread(target=self._read, daemon=True).start()

    def run(self, code: str, seconds: float = 60) -> str:
        """Run ``code`` after whatever the kernel is busy with; what it printed.

        Raises:
            AssertionError: if the code raised.
            TimeoutError: if it has not ended in time.
        """
        deadline = time.monotonic() + seconds
        while (printed := self._execute(code, deadline)) is None:
            time.sleep(0.1)
        return printed.strip()

    def _execute(self, code: str, deadline: float) -> str | None:
        """Output of ``code``; None if the kernel dropped it, as it does with what waits behind a cell that fails."""
        header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "session": self._session, "version": "5.3"}
        content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False}
        message = {"channel": "shell", "header": header, "parent_header": {}, "metadata": {}, "content": content}
        self._socket.send(json.dumps(message))
        printed, status, idle = "", "", False
        while not (status and idle):
            try:
                answer = self._replies.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise TimeoutError(f"the kernel has not run this in time:\n{code}") from None
            if answer["parent_header"].get("msg_id") != header["msg_id"]:
                continue
            kind, content = answer["header"]["msg_type"], answer["content"]
            if kind == "stream":
                printed += content["text"]
            elif kind == "error":
                raise AssertionError(f"{code}\nraised\n" + "\n".join(content["traceback"]))
            elif kind == "execute_reply":
                status = content["status"]
            idle = idle or (kind == "status" and content["execution_state"] == "idle")
        return None if status == "aborted" else printed

    def close(self) -> None:
        """Leave the kernel alone."""
        self._socket.close()

    def _read(self) -> None:
        with contextlib.suppress(websocket.WebSocketException, OSError):
            while True:
                opcode, data = self._socket.recv_data()
                if opcode == websocket.ABNF.OPCODE_CLOSE:
                    return
                if opcode == websocket.ABNF.OPCODE_TEXT:
                    self._note(json.loads(data))

    def _note(self, message: dict[str, Any]) -> None:
        parent = message["parent_header"]
        if parent.get("session") == self._session:
            self._replies.put(message)
        kind, content = message["header"]["msg_type"], message["content"]
        text = ""
        if kind == "error" and parent.get("session") != self._session:
            text = "\n".join(content["traceback"])
        elif kind == "stream" and content["name"] == "stderr":
            text = content["text"]
            # A cell may write to stderr what it likes (a progress bar does); a message from the browser may not.
            if "Traceback" not in text and not parent.get("msg_type", "").startswith("comm"):
                return
        if text:
            self.problems.append(f"kernel, answering {parent.get('msg_type')}: {text}")


class Notebook:
    """A notebook open in JupyterLab.

    Attributes:
        page: the browser's page.
        problems: what went wrong unseen, so far: errors in the browser's console, the kernel and the server's log. The
            test fails if any are left; a test that provokes one takes it out.
        late: what anywidget said of networks it gave up, because two seconds were not enough to load what shows them.
            That is no problem by itself, because the widget has them heard again; a test may ask that there be none.
    """

    def __init__(self, lab: JupyterLab, page: Page, path: str) -> None:
        self.page = page
        self.path = path
        self._lab = lab
        self._console: list[str] = []
        self.late: list[str] = []
        self._log_start = len(lab.log())
        page.on("pageerror", self._note_error)
        page.on(
            "console",
            lambda message: (
                self._console.append(f"browser: {message.text} ({message.location.get('url')})")
                if message.type == "error"
                else None
            ),
        )
        self._kernels: list[Kernel] = []
        page.goto(f"{self._workspace()}/tree/{path}")
        self._connect()

    def _note_error(self, error: Error) -> None:
        is_late = "[anywidget] Failed to initialize model" in str(error)
        (self.late if is_late else self._console).append(f"browser: {error.stack or error}")

    @property
    def problems(self) -> list[str]:
        """Everything that went wrong since the notebook was opened."""
        errors = [f"server: {record}" for record in complaints(self._lab.log()[self._log_start :])]
        kernels = [problem for kernel in self._kernels for problem in kernel.problems]
        return [*self._console, *kernels, *errors]

    def forgive(self, pattern: str) -> None:
        """Take out the problems in browser and kernel that match ``pattern``: the test brought them about.

        Raises:
            AssertionError: if there is none.
        """
        found = 0
        for problems in (self._console, *(kernel.problems for kernel in self._kernels)):
            kept = [problem for problem in problems if not re.search(pattern, problem)]
            found += len(problems) - len(kept)
            problems[:] = kept
        assert found, f"nothing went wrong that matches {pattern!r}"

    def wait_until_idle(self, seconds: float = 90) -> None:
        """Return when the kernel is connected and has nothing to do; cells run before that would be lost."""
        self.page.locator("#jp-main-statusbar", has_text="| Idle").wait_for(timeout=1000 * seconds)

    def run_all(self, seconds: float = 120) -> None:
        """Run all cells and wait for the last one."""
        self.command("notebook:run-all-cells")
        self.wait_until_idle(seconds)

    def show_first_widget(self) -> None:
        """Scroll to the first widget of the notebook.

        JupyterLab takes cells that are scrolled away out of the page: after all were run, that may be any widget.
        """
        scroll = "by => document.querySelector('.jp-WindowedPanel-outer').scrollBy(0, by)"
        self.page.evaluate(scroll, -1_000_000)
        self.page.wait_for_timeout(500)
        widgets = self.page.get_by_test_id("nnwidget")
        for _ in range(100):
            if widgets.count() > 0:
                break
            self.page.evaluate(scroll, 300)
            self.page.wait_for_timeout(200)
        widgets.first.scroll_into_view_if_needed()

    def run(self, code: str, seconds: float = 60) -> str:
        """Run ``code`` in the notebook's kernel, outside of any cell; what it printed."""
        return self._kernels[-1].run(code, seconds)

    def save(self) -> None:
        """Save the notebook."""
        self.command("docmanager:save")

    def saved(self) -> Any:
        """The notebook as it lies in the file."""
        return nbformat.read(self._lab.root / self.path, as_version=4)

    def theme(self, name: str) -> None:
        """Change the theme: "light" or "dark"."""
        self.command("apputils:change-theme", {"theme": f"JupyterLab {name.title()}"})
        self.page.wait_for_function(
            "light => document.body.dataset.jpThemeLight === light", arg=str(name == "light").lower()
        )

    def screenshot(self, name: str) -> Path:
        """Take a picture of the page; where it lies."""
        path = SCREENSHOTS / f"{name}.png"
        self.page.screenshot(path=path)
        return path

    def reload(self) -> None:
        """Load the page again, with the same kernel."""
        self.page.reload()
        self.wait_until_idle()

    def reopen_without_kernel(self) -> None:
        """Open the saved notebook after its kernel has gone, as on another day.

        JupyterLab starts a kernel then, which knows nothing of the widgets. (Where it is told to start none, its widget
        manager waits for one and restores no widget at all.)
        """
        self._end_sessions()
        self.page.goto(f"{self._workspace()}/tree/{self.path}")
        self._connect()

    def command(self, name: str, arguments: dict[str, Any] | None = None) -> None:
        """Carry out a command of JupyterLab and wait for its end."""
        self.page.evaluate(
            "([name, args]) => window.jupyterapp.commands.execute(name, args).then(() => null)", [name, arguments or {}]
        )

    def close(self) -> None:
        """Close the page and stop the kernel."""
        for kernel in self._kernels:
            kernel.close()
        self.page.context.close()
        self._end_sessions()

    def _connect(self) -> None:
        """Wait for the kernel and become a second client of it."""
        self.wait_until_idle()
        (session,) = self._lab.sessions(self.path)
        self._kernels.append(Kernel(self._lab, session["kernel"]["id"]))

    def _end_sessions(self) -> None:
        for session in self._lab.sessions(self.path):
            self._lab.api(f"sessions/{session['id']}", "DELETE")

    def _workspace(self) -> str:
        """Address of a new workspace, in which no notebook of another test is restored beside this one."""
        return f"{self._lab.url}/lab/workspaces/{uuid.uuid4().hex}"


def write_notebook(path: Path, cells: Sequence[str]) -> None:
    """Write a notebook of code cells."""
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    nbformat.write(notebook, path)


def copy_lesson(name: str, path: Path) -> None:
    """Copy a lesson as it is shipped."""
    shutil.copyfile(ROOT / "notebooks" / name, path)


PAGE_HAS_LEFT = re.compile(
    r"^Task exception was never retrieved\n"
    r"future: .*write_message.* exception=WebSocketClosedError\(\)>\n"
    r"(?:(?!\[|Task ).*\n)*?tornado\.websocket\.WebSocketClosedError\n",
    re.MULTILINE,
)
"""What tornado writes, sooner or later, when a page is closed while something is on its way to it."""


def complaints(log: str) -> list[str]:
    """The records in a server's log that say that something went wrong."""
    records = re.split(r"^(?=\[|Task exception|Traceback)", PAGE_HAS_LEFT.sub("", log), flags=re.MULTILINE)
    is_bad = re.compile(r"^(\[E |Traceback|\w*(Error|Exception):)", re.MULTILINE)
    return [record for record in records if is_bad.search(record)]


@contextlib.contextmanager
def running(folder: Path) -> Iterator[JupyterLab]:
    """A JupyterLab that answers."""
    lab = JupyterLab(folder)
    try:
        lab.wait()
        yield lab
    finally:
        lab.stop()
