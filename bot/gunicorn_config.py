"""How gunicorn serves the webhook: threads, because a request is mostly a wait for one commit."""

import os

bind = f"{os.environ.get('HOST', '0.0.0.0')}:{os.environ.get('PORT', '8000')}"  # noqa: S104 - the platforms must reach it
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
worker_class = "gthread"
threads = 8
timeout = 30
graceful_timeout = 20
keepalive = 75
control_socket_disable = True  # nothing of ours asks it, and it would lie in the home folder
accesslog = None  # webhook addresses carry signatures
