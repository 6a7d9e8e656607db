"""Which buffers have memory of their own, and that no two share it while both are needed."""

import itertools

import pytest
from xdsl.dialects.func import FuncOp
from xdsl.ir import SSAValue

from iree.compiler.codegen.runtimeless_c.arena import Slot
from iree.compiler.codegen.runtimeless_c.plan import Plan, called
from iree.testing.ir import parse

HEAD = """
    iree.global @v = dense<0.0> : tensor<4xf32>
    iree.multi_arch_executable @ex[0]() {
      iree.executable(Unspecified) {
        module {
          func.func @fn() {
            iree.return
          }
        }
      }
    }
    func.func @cond(%0: memref<4xf32>) -> memref<i1> {
      %1 = "iree_ll_seq.alloc_heap"() : () -> memref<i1>
      iree_ll_seq.return %1 : memref<i1>
    }
    func.func @body(%0: memref<4xf32>) -> memref<4xf32> {
      iree_ll_seq.return %0 : memref<4xf32>
    }
"""
DISPATCH = "iree_ll_seq.static_dispatch ex::fn[dense<[4, 1, 1]> : tensor<3xi32>]({}) : ({}) -> ()"


def use(*names: str) -> str:
    """A dispatch that reads all but the last of these, which it writes."""
    return DISPATCH.format(", ".join(names), ", ".join("memref<4xf32>" for _ in names))


def heap(name: str) -> str:
    return f'{name} = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>'


def planned(*lines: str, turns: int = 2) -> tuple[Plan, dict[str, list[Slot]]]:
    """The plan of a function of %a, and the places of each name."""
    body = "\n      ".join(lines)
    module = parse(f"{HEAD}\n    func.func @f(%a: memref<4xf32>) {{\n      {body}\n      iree_ll_seq.return\n    }}\n")
    (function,) = [op for op in module.ops if isinstance(op, FuncOp) and op.sym_name.data == "f"]
    plan = Plan(function, given=(), turns=turns)
    return plan, {_name(value): slots for value, slots in plan.own.items()}


def _name(value: SSAValue) -> str:
    return str(value.name_hint)


def apart(first: Slot, second: Slot) -> bool:
    return first.offset + first.bytes <= second.offset or second.offset + second.bytes <= first.offset


def test_memory_is_used_again_when_its_buffer_is_needed_no_more() -> None:
    plan, own = planned(
        heap("%x"), use("%a", "%x"), heap("%y"), use("%x", "%y"), heap("%z"), use("%y", "%z"), use("%z", "%a")
    )
    (x,), (y,), (z,) = own["x"], own["y"], own["z"]
    assert apart(x, y)
    assert apart(y, z)
    assert x.offset == z.offset
    assert plan.frame.size == 2 * x.bytes == 128


def test_a_part_keeps_the_whole() -> None:
    _, own = planned(
        '%x = "iree_ll_seq.alloc_heap"() : () -> memref<32xi8>',
        "%part = iree_ll_seq.static_slice %x[16] : memref<32xi8> -> memref<4xf32>",
        use("%a", "%part"), heap("%y"), use("%a", "%y"), use("%part", "%y", "%a"),
    )  # fmt: skip
    assert set(own) == {"x", "y"}
    assert apart(own["x"][0], own["y"][0])


def test_a_loop_has_places_for_what_goes_from_turn_to_turn() -> None:
    loop = "%w = iree_ll_seq.while @cond, @body(%x) captures() : (memref<4xf32>) -> memref<4xf32>"
    plan, own = planned(heap("%x"), use("%a", "%x"), loop, heap("%y"), use("%a", "%y"), use("%w", "%y", "%a"))
    (x,), (y,), places = own["x"], own["y"], own["w"]
    assert len(places) == 2
    # a loop of no turns gives %x itself, which is needed for as long as %w
    assert all(apart(*pair) for pair in itertools.combinations([x, y, *places], 2))
    assert plan.frame.size == 4 * x.bytes


LOAD = "%l = iree_ll_seq.global_load @v : memref<4xf32>"


@pytest.mark.parametrize(
    ("lines", "copied"),
    [
        ((LOAD, use("%l", "%a")), False),
        ((LOAD, "iree_ll_seq.global_store @v = %a : memref<4xf32>", use("%l", "%a")), True),
        ((LOAD, use("%l", "%a"), "iree_ll_seq.global_store @v = %a : memref<4xf32>"), False),
    ],
)
def test_a_variable_is_copied_where_it_changes_before_it_is_read(lines: tuple[str, ...], copied: bool) -> None:
    _, own = planned(*lines)
    assert ("l" in own) == copied


def test_what_is_called() -> None:
    module = parse(f"""{HEAD}
    func.func @f(%a: memref<4xf32>) {{
      %w = iree_ll_seq.while @cond, @body(%a) captures() : (memref<4xf32>) -> memref<4xf32>
      iree_ll_seq.return
    }}
    """)
    loop, last = list(list(module.ops)[-1].body.block.ops)  # type: ignore[attr-defined]
    assert (called(loop), called(last)) == (["cond", "body"], [])
