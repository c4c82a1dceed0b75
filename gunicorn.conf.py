"""How gunicorn serves the skill in production: gunicorn 'app:create_app()' reads this file by itself.

On the command line or in GUNICORN_CMD_ARGS any of it can be said otherwise. A TLS proxy stands before it: see deploy/.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from skill.settings import Settings, SettingsError

# Before numpy is there: a worker for each core is enough; threads of its matrices would only get in each other's way.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

try:
    _settings = Settings.from_environment(os.environ)
except SettingsError as error:
    sys.exit(f"Cancer Guide cannot start: {error}")

wsgi_app = "app:create_app()"
bind = "127.0.0.1:8000"

# A turn is a few milliseconds of work for one core; threads are there for those that wait (a chain of certificates
# that is fetched, a client that sends slowly).
workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
worker_class = "gthread"
threads = 8
worker_connections = 1000
preload_app = True  # the content is read once and shared; a fault in it stops the start, not worker after worker

# A worker that shows no sign of life for so long is replaced. Alexa gives up after 8 s.
timeout = 30
graceful_timeout = 20  # a turn that is under way gets so long to end
# One request, one connection: a connection that is kept could be closed by a restart in the very moment in which the
# proxy sends the next request on it, and a POST is not sent again.
keepalive = 0
backlog = 2048
max_requests = 100_000  # against leaks of libraries, not of ours; the jitter keeps workers from going at once
max_requests_jitter = 10_000

# Of what comes in: lines, fields, and in the app 128 KB of body (skill.web.BODY_BYTES).
limit_request_line = 4094
limit_request_fields = 50
limit_request_field_size = 8190
forwarded_allow_ips = "127.0.0.1,::1"  # who may say that a request came over https; SKILL_TRUSTED_PROXIES is the app's

accesslog = None  # it could hold addresses of people who read the pages, and tells nothing that our own log does not
errorlog = "-"  # starts and stops of workers; the skill's own lines go to the same place (skill.logs)
loglevel = "info"
proc_name = "cancer-guide"
control_socket_disable = True  # a socket in the home of the user: signals do what is needed, and there may be no home

# The heartbeat of a worker is a file; a disk that hangs must not make it look dead.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  (gunicorn makes files of its own there)

# Workers count into files of a folder, which must be known before they import. This file is read again on HUP, when the
# folder is kept; a successor that is started on USR2 inherits the environment and makes a folder of its own.
_counts = ""
if _settings.metrics_port is not None:
    _owner = f"{os.getpid()}:"
    _kept = os.environ.get("CANCER_GUIDE_COUNTS", "")
    _counts = _kept.removeprefix(_owner) if _kept.startswith(_owner) else tempfile.mkdtemp(prefix="cancer-guide-")
    os.environ["CANCER_GUIDE_COUNTS"] = _owner + _counts
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _counts


def when_ready(server: Any) -> None:
    """The first process serves the sum of what all of them count."""
    if _settings.metrics_port is None:
        return
    from skill.metrics import serve  # not before the folder is named

    try:
        serve(_settings.metrics_host, _settings.metrics_port)
    except OSError as error:  # the skill goes on without: nobody who asks a question is to suffer for it
        server.log.error("no metrics on port %d: %s", _settings.metrics_port, error.strerror)


def child_exit(_: Any, worker: Any) -> None:
    """The numbers of a worker that is gone stay; its files are marked as those of a dead one."""
    if _counts:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)


def on_exit(_: Any) -> None:
    """Leaves nothing behind."""
    if _counts:
        shutil.rmtree(_counts, ignore_errors=True)
