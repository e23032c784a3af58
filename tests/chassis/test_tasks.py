"""Background tasks end, even one that loses a cancellation."""

import asyncio

from chassis import tasks


async def test_a_task_that_swallows_a_cancellation_is_cancelled_again():
    swallowed = 0

    async def stubborn() -> None:
        nonlocal swallowed
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                swallowed += 1
                if swallowed == 2:
                    raise

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await asyncio.wait_for(tasks.end([task]), 10)
    assert (task.cancelled(), swallowed) == (True, 2)


async def test_a_task_that_failed_is_no_fault_of_the_ending():
    async def failing() -> None:
        raise ValueError

    task = asyncio.create_task(failing())
    await asyncio.sleep(0)
    await tasks.end([task])
    assert task.done()
