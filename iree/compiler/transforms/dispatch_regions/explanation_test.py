"""What is said of regions, to people and to programs."""

import json

from iree.compiler.targets.description import TargetDescription
from iree.compiler.transforms.dispatch_regions.explanation import Explanation
from iree.compiler.transforms.dispatch_regions.identify_dispatch_regions import IdentifyDispatchRegions
from iree.testing.ir import parse

TARGET = TargetDescription(
    "device", launch=20, bytes_per_us=1000, steps_per_us=1000, products_per_us=1000, load_steps=2, lanes=16
)
PROGRAM = """\
func.func @f(%a: tensor<64x8xf32>, %b: tensor<8x16xf32>) -> tensor<64x16xf32> {
  %zero = arith.constant dense<0.0> : tensor<f32>
  %0 = mhlo.dot_general %a, %b, contracting_dims = [1] x [0] : (tensor<64x8xf32>, tensor<8x16xf32>) -> tensor<64x16xf32>
  %1 = mhlo.reduce(%0 init: %zero) applies mhlo.add across dimensions = [1] : (tensor<64x16xf32>, tensor<f32>) -> tensor<64xf32>
  %2 = mhlo.broadcast_in_dim %1, dims = [0] : (tensor<64xf32>) -> tensor<64x16xf32>
  %3 = arith.subf %0, %2 : tensor<64x16xf32>
  return %3 : tensor<64x16xf32>
}
"""  # noqa: E501

TEXT = """\
f, region 1 of 2: mhlo.dot_general at model.mlir:3:8, 64x16 elements, laid over 64x16
  30 us on device: 0 steps, 1024 loads, 6656 bytes, 8192 products, 1024 invocations
  holds
    mhlo.dot_general         model.mlir:3:8               the region grows from it
f, region 2 of 2: arith.subf at model.mlir:6:8, 64x16 elements, laid over 64
  29 us on device: 3072 steps, 3136 loads, 8196 bytes, 64 invocations
  holds
    mhlo.reduce              model.mlir:4:8               an invocation takes a row: 29 us instead of 53 us on device
    mhlo.broadcast_in_dim    model.mlir:5:8               it only says where elements are
    arith.subf               model.mlir:6:8               the region grows from it
  leaves outside
    mhlo.dot_general         model.mlir:3:8               for mhlo.reduce: mhlo.reduce needs its elements more than once
    mhlo.dot_general         model.mlir:3:8               for arith.subf: mhlo.reduce needs its elements more than once
"""


def explained() -> Explanation:
    explanation = Explanation()
    IdentifyDispatchRegions([TARGET], explanation).run(parse(PROGRAM, "model.mlir"))
    return explanation


def test_text():
    assert explained().text() == TEXT


def test_json():
    first, second = json.loads(json.dumps(explained().as_json()))["regions"]
    assert (first["root"], first["location"], first["invocations"]) == ("mhlo.dot_general", "model.mlir:3:8", 1024)
    assert first["leaves_outside"] == []
    assert [reason["op"] for reason in second["holds"]] == ["mhlo.reduce", "mhlo.broadcast_in_dim", "arith.subf"]
    assert second["leaves_outside"][0]["reader"] == "mhlo.reduce"
    assert second["launch"] == "64"
    assert second["microseconds"] == {"device": 29.344}


def test_nothing_to_explain():
    assert Explanation().text() == ""
