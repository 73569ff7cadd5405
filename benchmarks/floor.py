"""The floor: the least that a touch can be on Temporal, which is a timer and one empty activity."""

from datetime import timedelta

from temporalio import activity, workflow


@activity.defn
async def touch() -> None:
    """Do nothing."""


@workflow.defn(name="Floor")
class Floor:
    """As many touches as asked for, each a second after the one before."""

    @workflow.run
    async def run(self, touches: int) -> None:
        for _ in range(touches):
            await workflow.sleep(1)
            await workflow.execute_activity(touch, start_to_close_timeout=timedelta(minutes=1))


@workflow.defn(name="Parked")
class Parked:
    """Takes a signal and sleeps: what the starting of a lead is measured against."""

    def __init__(self) -> None:
        self._is_woken = False

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: self._is_woken)

    @workflow.signal
    def wake(self) -> None:
        self._is_woken = True
