"""EntryPoint: one function of an executable, planned when it is prepared, or, where it is for any sizes, for those met.

A plan owns memory for temporaries, so few are kept; whoever recorded a dispatch keeps the plan that it was bound to.
"""

import threading

from iree.hal.interpreter.decode import Source, decode
from iree.hal.interpreter.plan import Plan
from iree.hal.status import InvalidArgument

MOST_PLANS = 8


class EntryPoint:
    """Makes plans of its function. DataLoss: the function is damaged."""

    def __init__(self, source: Source):
        self.name = source.name
        self._source = source
        self._symbol_count = source.symbol_count
        self._plans: dict[tuple[int, ...], Plan] = {}
        self._lock = threading.Lock()
        if not self._symbol_count:
            self._plans[()] = Plan(decode(source))

    def plan_for(self, sizes: tuple[int, ...]) -> Plan:
        """The plan for a dispatch of a call that has these sizes.

        InvalidArgument: there are too few. DataLoss: the function is none for these sizes.
        """
        if len(sizes) < self._symbol_count:
            raise InvalidArgument(
                f"{self.name} has to know {self._symbol_count} sizes of a call, {len(sizes)} are given"
            )
        key = sizes[: self._symbol_count]
        with self._lock:
            plan = self._plans.get(key)
            if plan is None:
                for oldest in list(self._plans)[: -MOST_PLANS + 1]:
                    del self._plans[oldest]
                plan = self._plans[key] = Plan(decode(self._source.at(key)))
            return plan
