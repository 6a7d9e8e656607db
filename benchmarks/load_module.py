"""What loading costs, and what it holds, for modules of 1 MB, 100 MB and 1 GB of constants.

    ./bazelw run //benchmarks:load_module
    ./bazelw run //benchmarks:load_module -- --driver=vulkan

`load` maps the file, puts the module on the device and looks up a function, in turns for all files. The file of 1 MB is
small enough to be checked whole: `opened like the others` leaves that out. The first call of @some uses 16 bytes of the
constants; that of @all uses all of them, so it reads them, and before that compares them with their checksums.

Memory is that of two processes which have called @all at the same time, in MB: what each has mapped (rss), its share (pss),
and what it has for itself (own), beyond the same for the smallest file.
"""

import argparse
import dataclasses
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

import iree.compiler
import iree.runtime
from benchmarks.measure import in_turns, show, summary
from iree.compiler.importers import mlir_text
from iree.compiler.ir.context import make_context
from iree.compiler.module import module_writer
from iree.compiler.module.encode import encode_module
from iree.compiler.pipeline import Options, run_pipeline
from iree.compiler.targets.registry import create_targets
from iree.runtime import Check, VmModule
from iree.tools.devices import TARGET_OF_DRIVER

SIZES = {"1 MB": 1 << 20, "100 MB": 100 << 20, "1 GB": 1 << 30}
LARGEST = 32 << 20  # bytes of one weight
INNER = 64
