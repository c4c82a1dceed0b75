"""make run: the skill and the simulator on this machine, until Ctrl-C or a kill."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable

from flask import Flask
from werkzeug.serving import make_server

from skill.find.model import ModelError as RankingError
from skill.loading import ContentError
from skill.settings import Settings, SettingsError
from skill.simulator.conversation import ModelError


def serve(create_app: Callable[[Settings], Flask]) -> int:
    """Serves what `create_app` makes until Ctrl-C or SIGTERM; gives 0, or 1 where it could not start."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # its lines would hold the words of a search
    try:
        settings = Settings.from_environment(os.environ)
        host = settings.host or "127.0.0.1"
        app = create_app(settings)
        server = make_server(host, settings.port, app, threaded=True)
    except (SettingsError, ContentError, ModelError, RankingError) as error:
        sys.stderr.write(f"Cancer Guide cannot start: {error}\n")
        return 1
    except (OSError, SystemExit):  # werkzeug exits where the port is taken
        sys.stderr.write(f"Cancer Guide cannot start: port {settings.port} is taken; try: make run PORT=5001\n")
        return 1
    address = f"http://{host}:{settings.port}"
    sys.stdout.write(
        f"""
Cancer Guide is running. Stop it with Ctrl-C.

  Ask in the browser      {address}/simulator
  Read the answers        {address}/
  Alexa's requests        {address}/alexa    (only signed ones are answered)
  Is it alive?            {address}/healthz
  Ask at the keyboard     make chat          or: make ask Q="what is metastasis"

"""
    )
    sys.stdout.flush()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what runs in the background is not reached by Ctrl-C
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        serving.join()
    except KeyboardInterrupt:
        server.shutdown()
        server.server_close()
        sys.stdout.write("\nStopped. Take care.\n")
    return 0
