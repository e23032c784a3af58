"""Processes for work that would hold up the event loop; they never outlive the service that made them."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
from concurrent.futures import ProcessPoolExecutor

_PR_SET_PDEATHSIG = 1


def make_workers(count: int) -> ProcessPoolExecutor:
    """A pool of at most `count` processes. Submit from the thread that lives as long as the service does."""
    # "spawn" where threads and an event loop run: a forked copy of them could hang.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(count, mp_context=context, initializer=_end_with, initargs=(os.getpid(),))


def _end_with(parent: int) -> None:
    """Have the kernel kill this worker when its service dies.

    A worker holds both ends of the pipe that it waits on, so it would never notice that a killed service is gone.
    """
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)  # the service died before the kernel was told
