"""Numbers for Prometheus: what /metrics tells.

Two sources. What the site does is in its rows, and is read at scrape time: several web processes and workers
on several machines then tell the same numbers, whichever answers, and a worker needs no port of its own.
Sums that must only grow are kept as rows too (`grader.tallies`, `Counter`). Only what no row tells, the
requests and open streams of one web process, is counted in memory, and carries the label `process`: behind a
load balancer each scrape may meet another process, and without the label their counts would run into each
other. So no shared memory files (prometheus_client's multiprocess mode) are needed.
"""

import logging
import os
import socket
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db import DatabaseError
from prometheus_client import CollectorRegistry, disable_created_metrics, generate_latest
from prometheus_client import Counter as CounterMetric
from prometheus_client import Histogram as HistogramMetric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from grader import overview, streams, tallies
from grader.models import Counter, GradeTally

log = logging.getLogger(__name__)

REQUEST_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
HOST = socket.gethostname()
TIERS = ("full", "reduced", "unsafe", "refused")
COUNTERS = {
    "internal_errors": "Attempts at grading that failed through a fault of ours",
    "gave_up": "Submissions that ended as internal error",
    "lease_losses": "Leases that ran out because a worker died or hung",
    "regraded": "Submissions whose verdict or score a regrade changed",
}
RUNNER_COUNTERS = {
    "sessions": "Sessions that the runner has opened",
    "children": "Sandboxed children that its zygotes have forked",
    "zygotes": "Zygotes that it has started; more than its profiles means respawns",
    "faults": "Faults of its own that the runner has counted",
}

disable_created_metrics()  # twice the lines for what Prometheus finds out by itself
registry = CollectorRegistry()
_requests = CounterMetric(
    "stride_http_requests", "Requests answered", ["view", "method", "status", "process"], registry=registry
)
_seconds = HistogramMetric(
    "stride_http_request_seconds",
    "Time to the answer's beginning",
    ["view", "process"],
    buckets=REQUEST_BOUNDS,
    registry=registry,
)


def process_name() -> str:
    """The host and the process; the latter is asked anew each time, since web processes are forked."""
    return f"{HOST}:{os.getpid()}"


def count_request(view: str, method: str, status: int, seconds: float) -> None:
    """Count one request; `view` has few values."""
    process = process_name()
    _requests.labels(view, method, str(status), process).inc()
    _seconds.labels(view, process).observe(seconds)


def text() -> bytes:
    """Everything, in the text format of Prometheus."""
    return generate_latest(registry)


class SiteCollector(Collector):
    """Reads the rows at each scrape."""

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: registering must not need a database."""
        return []

    def collect(self) -> Iterator[Metric]:
        yield _one("stride_build_info", "The version of this web process", {"version": settings.VERSION}, 1)
        streams_open = {"process": process_name()}
        yield _one("stride_event_streams", "Open event streams", streams_open, streams.open_streams())
        try:
            found = [*_site(), *_tallies(), *_counters()]
        except DatabaseError as error:
            log.warning("the metrics could not be read: %s", error)
            found = []
        yield _one("stride_database_up", "Whether the database answered this scrape", {}, float(bool(found)))
        yield from found


registry.register(SiteCollector())


def _one(name: str, text: str, labels: dict[str, str], value: float) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, text, labels=list(labels))
    family.add_metric(list(labels.values()), value)
    return family


def _site() -> list[Metric]:
    workers = overview.workers()
    queues = overview.queues(workers)
    return [*_queues(queues), *_workers(workers), *_runners([w for w in workers if w.alive])]


def _queues(queues: list[overview.Queue]) -> list[Metric]:
    depth = GaugeMetricFamily(
        "stride_queue_submissions", "Submissions that wait or are being graded", labels=["queue", "state"]
    )
    oldest = GaugeMetricFamily(
        "stride_queue_oldest_seconds", "How long the oldest queued submission has waited", labels=["queue"]
    )
    served = GaugeMetricFamily("stride_queue_workers", "Live workers that serve the queue", labels=["queue"])
    for queue in queues:
        depth.add_metric([queue.name, "queued"], queue.queued)
        depth.add_metric([queue.name, "running"], queue.running)
        oldest.add_metric([queue.name], queue.oldest_seconds)
        served.add_metric([queue.name], queue.workers)
    return [depth, oldest, served]


def _workers(workers: list[overview.Worker]) -> list[Metric]:
    up = GaugeMetricFamily(
        "stride_worker_up", "1 while the worker gives signs of life", labels=["worker", "version"]
    )
    runner = GaugeMetricFamily("stride_runner_up", "1 while its runner answers", labels=["worker"])
    starts = CounterMetricFamily(
        "stride_runner_starts", "How often the worker has started its runner", labels=["worker"]
    )
    for worker in workers:
        up.add_metric([worker.name, worker.version], float(worker.alive))
        runner.add_metric([worker.name], float(worker.alive and worker.runner is not None))
        starts.add_metric([worker.name], worker.runner_starts)
    return [up, runner, starts]


def _runners(workers: list[overview.Worker]) -> list[Metric]:
    tier = GaugeMetricFamily("stride_sandbox_tier", "1 for the tier that applies", labels=["worker", "tier"])
    places = GaugeMetricFamily(
        "stride_runner_places", "Submissions that may run at once, and do", labels=["worker", "state"]
    )
    standby = GaugeMetricFamily(
        "stride_runner_standby", "Children that wait for a submission", labels=["worker", "profile"]
    )
    ready = GaugeMetricFamily(
        "stride_runner_profile_ready", "1 while the profile can serve", labels=["worker", "profile"]
    )
    counters = {
        key: CounterMetricFamily(f"stride_runner_{key}", text, labels=["worker"])
        for key, text in RUNNER_COUNTERS.items()
    }
    for worker in workers:
        if worker.runner is None:
            continue
        for name in TIERS:
            tier.add_metric([worker.name, name], float(worker.runner.tier == name))
        places.add_metric([worker.name, "total"], worker.runner.places)
        places.add_metric([worker.name, "busy"], worker.runner.busy)
        for profile in worker.runner.profiles:
            standby.add_metric([worker.name, profile.name], profile.standby)
            ready.add_metric([worker.name, profile.name], float(profile.ready))
        for key, family in counters.items():
            if key in worker.runner.counters:
                family.add_metric([worker.name], worker.runner.counters[key])
    return [tier, places, standby, ready, *counters.values(), *_gpus(workers)]


def _gpus(workers: list[overview.Worker]) -> list[Metric]:
    labels = ["worker", "gpu"]
    ready = GaugeMetricFamily("stride_gpu_ready", "1 while the GPU serves candidates", labels=labels)
    busy = GaugeMetricFamily("stride_gpu_busy", "1 while a candidate has it", labels=labels)
    used = GaugeMetricFamily("stride_gpu_memory_used_megabytes", "Memory in use", labels=labels)
    total = GaugeMetricFamily("stride_gpu_memory_megabytes", "Memory that it has", labels=labels)
    for worker in workers:
        for gpu in worker.gpus:
            names = [worker.name, gpu.node or gpu.name]
            ready.add_metric(names, float(not gpu.problem))
            busy.add_metric(names, float(gpu.busy))
            used.add_metric(names, gpu.used_mb)
            total.add_metric(names, gpu.memory_mb)
    return [ready, busy, used, total]


def _counters() -> list[Metric]:
    values = dict(Counter.objects.values_list("name", "value"))
    return [
        CounterMetricFamily(f"stride_{name}", text, value=values.get(name, 0))
        for name, text in COUNTERS.items()
    ]


def _tallies() -> list[Metric]:
    waits = HistogramMetricFamily(
        "stride_wait_seconds", "From submitted to taken by a worker", labels=["queue", "exercise", "verdict"]
    )
    grades = HistogramMetricFamily(
        "stride_grade_seconds", "From taken to stored", labels=["queue", "exercise", "verdict"]
    )
    for tally in GradeTally.objects.all():
        labels = [tally.queue, tally.exercise, tally.verdict]
        waits.add_metric(labels, _cumulative(tally.waits), tally.wait_seconds)
        grades.add_metric(labels, _cumulative(tally.grades), tally.grade_seconds)
    return [waits, grades]


def _cumulative(counts: list[int]) -> list[tuple[str, float]]:
    """Prometheus counts what is at most each bound."""
    total = 0.0
    buckets = []
    for bound, count in zip([*map(str, tallies.BOUNDS), "+Inf"], counts, strict=True):
        total += count
        buckets.append((bound, total))
    return buckets
