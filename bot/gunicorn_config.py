"""How gunicorn serves the webhook: threads, because a request is mostly a wait for one commit."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))  # gunicorn puts the checkout there only after it has read this file

from bot.environment import BadEnvironment, port, processes

try:
    _port, workers = port(os.environ), processes(os.environ)
except BadEnvironment as error:
    sys.exit(str(error))  # gunicorn would print a traceback with it

bind = f"{os.environ.get('HOST', '0.0.0.0')}:{_port}"  # noqa: S104 - the platforms must reach it
worker_class = "gthread"
threads = 8
timeout = 30
graceful_timeout = 20
keepalive = 75
control_socket_disable = True  # nothing of ours asks it, and it would lie in the home folder
accesslog = None  # webhook addresses carry signatures
