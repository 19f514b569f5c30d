"""A real Spark cluster on this machine: a master and two workers as processes of their own, on loopback, out of the pyspark wheel."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import urlopen

import relance

JOB = Path(relance.__file__).parent / "cli" / "spark_job.py"
_PATIENCE = 600  # a machine that is busy starts three JVMs in minutes
#: The tables of a test are small: to compile what runs on them thoroughly takes longer than to run it. With one compiler alone a JVM keeps
#: 48 MB of compiled code and stops when they are full, where with both it keeps 240: so many here too.
QUICK = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Cluster:
    """The master's address, the processes, and where they write."""

    url: str
    ui: str
    folder: Path
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    jobs: list[subprocess.Popen[str]] = field(default_factory=list)

    def submit(self, *arguments: object, **conf: str) -> subprocess.Popen[str]:
        """Hand the job file in, as a user does."""
        settings = {
            "spark.executor.memory": "1g", "spark.executor.cores": "1", "spark.cores.max": "2", "spark.sql.shuffle.partitions": "2", "spark.ui.enabled": "false",
            "spark.driver.memory": "1g", "spark.driver.host": "127.0.0.1", "spark.sql.warehouse.dir": str(self.folder / "warehouse"),
            "spark.log.level": "WARN", "spark.driver.extraJavaOptions": QUICK, "spark.executor.extraJavaOptions": QUICK,
        } | {name.replace("_", "."): value for name, value in conf.items()}  # fmt: skip
        options = [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
        command = [_script("spark-submit"), "--master", self.url, *options, str(JOB), *map(str, arguments)]
        self.jobs.append(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=_environment(), cwd=self.folder, start_new_session=True))
        return self.jobs[-1]

    def run(self, *arguments: object, **conf: str) -> tuple[int, str]:
        """Hand the job in and wait; return its exit code and all it said."""
        job = self.submit(*arguments, **conf)
        said, _ = job.communicate(timeout=600)
        return job.returncode, said

    def kill_a_worker(self) -> None:
        """Take a worker and its executor away without a word, as a machine that is switched off."""
        worker = self.workers.pop()
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


def wait_for(job: subprocess.Popen[str], stage: str) -> str:
    """Read a job's log up to the line that says that a stage begins; return what was read."""
    assert job.stdout is not None
    read = ""
    for line in job.stdout:
        read += line
        if line.rstrip().endswith(f"relance: {stage}"):
            return read
    raise AssertionError(f"the job ended before {stage!r}:\n{read}")


@contextmanager
def started(folder: Path) -> Iterator[Cluster]:
    """Start a master and two workers, and take them away in the end."""
    port, ui = free_port(), free_port()
    master = _started(folder, "master.log", "org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", port, "--webui-port", ui)
    cluster = Cluster(f"spark://127.0.0.1:{port}", f"http://127.0.0.1:{ui}", folder)
    try:
        _until(lambda: bool(_page(cluster)))
        for number in range(2):
            add_a_worker(cluster, number)
        yield cluster
    finally:
        for process in [*cluster.jobs, *cluster.workers, master]:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def add_a_worker(cluster: Cluster, number: int) -> None:
    """Start a worker of one core, and wait until the master knows it."""
    before = _page(cluster).count("ALIVE")
    folder = cluster.folder / f"worker-{number}"
    folder.mkdir(exist_ok=True)
    name = "org.apache.spark.deploy.worker.Worker"
    made = _started(cluster.folder, f"worker-{number}.log", name, "--host", "127.0.0.1", "--cores", 1, "--memory", "1g", "--webui-port", free_port(), "--work-dir", folder, cluster.url)
    cluster.workers.append(made)
    _until(lambda: _page(cluster).count("ALIVE") > before)


def _script(name: str) -> str:
    import pyspark

    return str(Path(pyspark.__file__).parent / "bin" / name)


def _environment() -> dict[str, str]:
    """Say where Python is: on the driver alone, for the executors need none."""
    return os.environ | {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": "/there/is/none", "PYSPARK_DRIVER_PYTHON": sys.executable, "SPARK_NO_DAEMONIZE": "1"}


def _started(folder: Path, log: str, *arguments: object) -> subprocess.Popen[bytes]:
    with (folder / log).open("wb") as said:
        return subprocess.Popen([_script("spark-class"), *map(str, arguments)], stdout=said, stderr=said, env=_environment(), cwd=folder, start_new_session=True)


def _page(cluster: Cluster) -> str:
    with suppress(OSError):
        return str(urlopen(cluster.ui, timeout=5).read(), "utf-8")
    return ""


def _until(holds: object) -> None:
    end = time.monotonic() + _PATIENCE
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < end, "the cluster did not start"
        time.sleep(0.3)
