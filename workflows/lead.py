"""A lead's workflow: ask what is due, do it, remember it, wait."""

import asyncio
from contextlib import suppress
from dataclasses import replace

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from nurture.actions import End, Errand, Receipt, Wait
from nurture.after import after_errand, after_record
from nurture.engagements import Delivery
from nurture.foresee import foresee, record_of, settle, standing_of
from nurture.pace import is_answer
from nurture.recollection import Recollection, after_recollection
from nurture.standing import Standing
from nurture.state import RULES, LeadState
from workflows.alarm import Alarm
from workflows.expiry import FAILED, receipt_of
from workflows.inbox import Inbox
from workflows.options import (
    ASK_AGAIN,
    ASK_AGAIN_AT_MOST,
    CLOSE,
    ENGAGE,
    LEAD,
    LOCAL,
    RECALL,
    TURN_AFTER,
    TURN_AT,
    WRITE_DOWN,
    activity_for,
)


@workflow.defn(name=LEAD)
class Lead:
    """One lead, for as long as the relationship lasts. Nothing is decided here: ``nurture`` decides, activities act."""

    @workflow.init
    def __init__(self, state: LeadState) -> None:
        self._state = state
        self._began_in = state.tracks
        self._inbox = Inbox()
        self._alarm = Alarm()

    @workflow.run
    async def run(self, state: LeadState) -> None:
        # What comes in with the start is part of the beginning, not the end of a track.
        self._state = self._inbox.fold_into(self._state)
        self._began_in = self._state.tracks
        while True:
            self._state = self._inbox.fold_into(self._state)
            if self._inbox.lacks_something(self._state):
                await self._recall()
                continue
            self._state, action = settle(self._state, workflow.now())
            workflow.set_current_details(f"{self._state.stage}: {action.why}")
            match action:
                case Wait():
                    await self._wait(action)
                case End():
                    await self._close(action)
                    if not self._inbox.has_next(self._state):
                        return
                case errand:
                    await self._carry_out(errand)

    @workflow.signal(name=ENGAGE)
    def engage(self, delivery: Delivery) -> None:
        self._inbox.put(delivery)

    @workflow.query
    def standing(self) -> Standing:
        """How the lead stands, asked of the workflow itself."""
        state, action = settle(self._state, workflow.now())
        return standing_of(state, action, workflow.now())

    async def _carry_out(self, errand: Errand) -> None:
        self._alarm.off()
        record = record_of(self._state, foresee(self._state, errand, workflow.now()))
        activity, options = activity_for(errand, answers=is_answer(self._state, workflow.now()))
        try:
            receipt = await workflow.execute_activity(activity, args=[errand, record], result_type=Receipt, summary=errand.why, **options)
            self._state = after_record(self._state, record)
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            receipt = receipt_of(error, workflow.now()) if workflow.patched("waits-on") else FAILED
        self._state = after_errand(self._state, errand, receipt, workflow.now())

    async def _recall(self) -> None:
        """Ask for what this run has never heard of: an operator may have ended the one before, and with it what it knew."""
        patience = ASK_AGAIN
        while self._inbox.lacks_something(self._state):
            asked = [self._state.lead, self._state.seen]
            kept: Recollection | None = await workflow.execute_local_activity(RECALL, args=asked, result_type=Recollection, **LOCAL)
            if kept is not None:  # histories that are older than this answer have none
                self._state = after_recollection(self._state, kept)
            limit = patience if workflow.patched("ask-again") else None
            with suppress(asyncio.TimeoutError):
                await workflow.wait_condition(lambda: not self._inbox.lacks_something(self._state), timeout=limit)
            patience = min(2 * patience, ASK_AGAIN_AT_MOST)

    async def _wait(self, wait: Wait) -> None:
        standing = standing_of(self._state, wait, workflow.now())
        if standing != self._state.recorded or self._state.notes:
            record = record_of(self._state, standing)
            await workflow.execute_local_activity(WRITE_DOWN, args=[self._state.lead, record], **LOCAL)
            self._state = after_record(self._state, record)
        if self._inbox.is_empty and self._is_long():
            workflow.continue_as_new(replace(self._state, rules=RULES))
        self._alarm.set(wait)
        await workflow.wait_condition(lambda: self._alarm.rang or self._inbox.has_next(self._state))

    async def _close(self, end: End) -> None:
        self._alarm.off()
        record = record_of(self._state, standing_of(self._state, end, workflow.now()))
        self._state = after_record(self._state, record)
        await workflow.execute_local_activity(CLOSE, args=[self._state, record], **LOCAL)

    def _is_long(self) -> bool:
        run = workflow.info()
        if run.is_continue_as_new_suggested() or run.get_current_history_length() > TURN_AT:
            return True
        return self._state.tracks != self._began_in and run.get_current_history_length() > TURN_AFTER
