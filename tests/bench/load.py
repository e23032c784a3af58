"""A cheap keep-alive HTTP client in a process of its own, so that the server is the bottleneck.

`python -m tests.bench.load` reads a job as JSON from stdin and prints requests/s and latencies as JSON.
A request that does not answer with the wanted status ends the run: a run with errors has no figure.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Job:
    """What to send: `requests` are used in turn, each by one client, over `clients` connections."""

    port: int
    requests: list[str]
    clients: int
    seconds: float
    status: int = 200
    once: bool = False
    """Each request is sent once only; the run ends when none is left."""


@dataclass
class Outcome:
    """What came of it."""

    rate: float = 0.0
    p50: float = 0.0
    p99: float = 0.0
    count: int = 0
    latencies: list[float] = field(default_factory=list)


def request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> str:
    """One HTTP/1.1 request as text."""
    lines = [f"{method} {path} HTTP/1.1", "Host: bench"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines) + "\r\n\r\n" + body.decode()


async def run_here(job: Job) -> Outcome:
    """Send the job from this process."""
    pending = iter(job.requests) if job.once else None
    latencies: list[float] = []
    end = time.perf_counter() + job.seconds

    async def client(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", job.port)
        turn = number
        while time.perf_counter() < end:
            if pending is not None:
                text = next(pending, None)
                if text is None:
                    break
            else:
                text = job.requests[turn % len(job.requests)]
                turn += job.clients
            began = time.perf_counter()
            writer.write(text.encode())
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            at = head.index(b"content-length:")
            body = await reader.readexactly(int(head[at + 15 : head.index(b"\r\n", at)]))
            if int(head[9:12]) != job.status:
                raise RuntimeError(f"status {head[9:12].decode()} instead of {job.status}: {body[:300].decode()}")
            latencies.append(time.perf_counter() - began)
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(client(number) for number in range(job.clients)))
    took = time.perf_counter() - began
    latencies.sort()
    count = len(latencies)
    return Outcome(count / took, latencies[count // 2], latencies[int(count * 0.99)], count)


async def run(job: Job) -> Outcome:
    """Send the job from a fresh process."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.load", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate(json.dumps(asdict(job)).encode())
    if process.returncode:
        raise RuntimeError("the load ended with an error; this row has no figure")
    told: dict[str, Any] = json.loads(out)
    return Outcome(**told)


def main() -> None:
    """Read a job, send it, print the outcome."""
    import uvloop

    outcome = uvloop.run(run_here(Job(**json.load(sys.stdin))))
    print(json.dumps(asdict(outcome)))


if __name__ == "__main__":
    main()
