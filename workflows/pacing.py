"""How fast Temporal hands letters out, and in which shares to campaigns. Both hold at once, for letters that wait there too."""

from collections.abc import Mapping
from dataclasses import dataclass

from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import RateLimit, TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest, UpdateTaskQueueConfigRequest
from temporalio.client import Client

from workflows.options import LETTERS

_ACTIVITIES = TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY


@dataclass(frozen=True, slots=True, kw_only=True)
class HandingOut:
    """``per_second`` is None without a limit. A campaign whose weight is not in ``shares`` has 1.0."""

    per_second: float | None
    shares: Mapping[str, float]


async def handing_out(client: Client) -> HandingOut:
    """What is set. Raises RPCError."""
    queue = DescribeTaskQueueRequest(
        namespace=client.namespace, task_queue=TaskQueue(name=LETTERS), task_queue_type=_ACTIVITIES, report_config=True
    )
    config = (await client.workflow_service.describe_task_queue(queue)).config
    limited = config.queue_rate_limit.HasField("rate_limit")
    per_second = config.queue_rate_limit.rate_limit.requests_per_second if limited else None
    return HandingOut(per_second=per_second, shares=dict(sorted(config.fairness_weight_overrides.items())))


async def limit(client: Client, per_second: float | None) -> None:
    """Hand out so many letters in a second at most, over all workers; None for as many as there are. Raises RPCError."""
    update = UpdateTaskQueueConfigRequest.RateLimitUpdate(reason="mail pace rate")
    if per_second is not None:
        update.rate_limit.CopyFrom(RateLimit(requests_per_second=per_second))
    await _update(client, UpdateTaskQueueConfigRequest(update_queue_rate_limit=update))


async def share(client: Client, campaign: str, weight: float | None) -> None:
    """Hand out the letters of a campaign in proportion to its weight, where those of several wait; None for 1.0. Raises RPCError."""
    if weight is None:
        await _update(client, UpdateTaskQueueConfigRequest(unset_fairness_weight_overrides=[campaign]))
    else:
        await _update(client, UpdateTaskQueueConfigRequest(set_fairness_weight_overrides={campaign: weight}))


async def _update(client: Client, change: UpdateTaskQueueConfigRequest) -> None:
    change.namespace, change.task_queue, change.task_queue_type = client.namespace, LETTERS, _ACTIVITIES
    change.identity = "starter"
    await client.workflow_service.update_task_queue_config(change)
