"""A served process that is ready at once, and a supervisor of five such, for tests of the supervisor itself.

`python -m tests.support.stub DATA` runs one as a process of its own, says `ready URL`, and serves until
SIGTERM.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

from deploy.embedded.layout import find_layout
from deploy.embedded.services import SERVED
from deploy.embedded.supervisor import Options, Supervisor

COMMAND = ["{python}", "-m", "uvicorn", "tests.support.stub:app", "--fd", "{fd}", "--log-level", "warning"]


async def app(scope: Any, receive: Any, send: Any) -> None:
    """Answers every request with its process id, user id and the environment's names."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    body = f"{os.getpid()} {os.geteuid()} {os.environ['DANGAN_NATS_USER']}".encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


def stub_options(**changes: Any) -> Options:
    """All five processes are stubs."""
    return Options(**{"commands": dict.fromkeys(SERVED, COMMAND), **changes})


async def _main(data: Path) -> None:
    supervisor = Supervisor(find_layout(data), stub_options(), lambda line: print(line, file=sys.stderr))
    await supervisor.start()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, supervisor.stopping.set)
    print("ready", supervisor.state.gateway_url, flush=True)
    await supervisor.stopping.wait()
    await supervisor.stop()


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1])))
