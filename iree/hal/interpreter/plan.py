"""Plan: one function of an executable, worked out once so that a dispatch only fills in its arrays.

Every local gets a place when the plan is made:
    constant         where the module file has it
    argument         the dispatch's array
    another local    where an instruction only looks at memory in another way (reshape, transpose, slice, broadcast), and
                     where the whole of a temporary is copied: it then is its source, or the output that it goes to
    slot             the rest; temporaries that are not alive at once share one
Steps on constants and temporaries alone are bound to their arrays here. The others are bound by `bind`.
"""

import threading
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from iree.hal.interpreter.decode import Function, Step
from iree.hal.interpreter.kernels.kernel import Action, Array, Kernel, KernelError, Operation, View, copy_into
from iree.hal.interpreter.kernels.table import BUILDERS
from iree.hal.interpreter.places import Places, Work, find_places
from iree.hal.status import DataLoss
