"""`python -m deploy.embedded.serve MODULE:FACTORY FD`: uvicorn on an inherited socket, quick to start.

Importing makes hundreds of thousands of objects that all stay: the garbage collector, which finds nothing among
them, takes a fifth of a start. It is off until the application is loaded, and leaves those objects alone after.
"""

import gc
import socket
import sys

import uvicorn


def serve(app: str, fd: int) -> None:
    """Serve until SIGTERM; requests in flight get 5 s to finish."""
    # structlog's console renderer, which no service uses, loads rich where it finds it: 4 MiB in each process.
    sys.modules["rich"] = None  # type: ignore[assignment]
    config = uvicorn.Config(
        app,
        factory=True,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    config.load()
    gc.freeze()
    gc.enable()
    server = uvicorn.Server(config)
    with socket.socket(fileno=fd) as sock:
        server.run(sockets=[sock])
    if not server.started:
        raise SystemExit(3)


def main(arguments: list[str]) -> None:
    """The command line."""
    gc.disable()
    app, fd = arguments
    serve(app, int(fd))


if __name__ == "__main__":
    main(sys.argv[1:])
