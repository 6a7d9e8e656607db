"""What narrow types become, and that kernels of them compute what NumPy does, at every edge, with any other."""

import ml_dtypes
import numpy as np
import pytest
from numpy.typing import DTypeLike, NDArray

from iree.compiler.ir.diagnostics import CompileError
from iree.compiler.ir.pass_manager import run_passes
from iree.compiler.kernels.widen_scalars import WidenScalars
from iree.testing.ir import check_pass, parse
from iree.testing.kernel_evaluator import run_kernel
from iree.testing.kernel_stages import check_kernel, kernel_function, parse_kernel, shaped

Array = NDArray[np.generic]
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

BF16 = ml_dtypes.bfloat16
INTEGERS = (np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64)
HALVES = (np.float16, BF16)
LAUNCH_OF_SIX = ", ".join(
    f"iree.executable.{name} = dense<[6, 1, 1]> : tensor<3xi32>"
    for name in ("workload", "workgroup_size", "workgroup_tile")
)
NUMBERS = (*INTEGERS, *HALVES, np.float32, np.float64)
INTEGER_OPS = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "and": np.bitwise_and,
    "xor": np.bitwise_xor,
    "or": np.bitwise_or,
}


def pairs(dtype: DTypeLike) -> tuple[Array, Array]:
    """Every edge value with every other."""
    info = np.iinfo(dtype)
    near = [0, 1, 2, 3, 7, 100, info.max, info.max - 1, info.max // 2 + 1, info.min, info.min + 1]
    a, b = np.meshgrid(np.array(near, dtype), np.array(near, dtype))
    return a.reshape(-1).copy(), b.reshape(-1).copy()


def wrapped(numbers: list[int], dtype: DTypeLike) -> Array:
    info = np.iinfo(dtype)
    unsigned = np.array([number % 2**info.bits for number in numbers], f"u{info.bits // 8}")
    return unsigned.view(dtype)


def all_of(dtype: DTypeLike) -> Array:
    return np.arange(2**16, dtype=np.uint16).view(dtype)


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers_at_edges(dtype: DTypeLike) -> None:
    a, b = pairs(dtype)
    lines = [f"%r{n} = mhlo.{name} %0, %1 : tensor<{shaped(a)}>" for n, name in enumerate(INTEGER_OPS)]
    check_kernel("\n".join(lines), [a, b], {f"%r{n}": compute(a, b) for n, compute in enumerate(INTEGER_OPS.values())})


@pytest.mark.parametrize("dtype", INTEGERS)
def test_division(dtype: DTypeLike) -> None:
    a, b = pairs(dtype)
    both = list(zip(a.tolist(), b.tolist(), strict=True))
    quotients = [-1 if y == 0 else abs(x) // abs(y) * (1 if (x < 0) == (y < 0) else -1) for x, y in both]
    remainders = [x if y == 0 else abs(x) % abs(y) * (-1 if x < 0 else 1) for x, y in both]
    body = f"%q = mhlo.divide %0, %1 : tensor<{shaped(a)}>\n%r = mhlo.remainder %0, %1 : tensor<{shaped(a)}>"
    check_kernel(body, [a, b], {"%q": wrapped(quotients, dtype), "%r": wrapped(remainders, dtype)})


@pytest.mark.parametrize("dtype", INTEGERS)
def test_bits(dtype: DTypeLike) -> None:
    a, _ = pairs(dtype)
    width = np.iinfo(dtype).bits
    unsigned = [number % 2**width for number in a.tolist()]
    shift_array = np.resize(np.array([0, 1, 3, width - 1, width, width + 1], dtype), a.shape)
    shifts = shift_array.tolist()
    signed = a.view(f"i{width // 8}").tolist()
    results = {
        "%0c = mhlo.popcnt %0": [number.bit_count() for number in unsigned],
        "%0z = mhlo.count_leading_zeros %0": [width - number.bit_length() for number in unsigned],
        "%0l = mhlo.shift_left %0, %1": [n << s if s < width else 0 for n, s in zip(unsigned, shifts, strict=True)],
        "%0r = mhlo.shift_right_logical %0, %1": [n >> s for n, s in zip(unsigned, shifts, strict=True)],
        "%0a = mhlo.shift_right_arithmetic %0, %1": [
            n >> min(s, width - 1) for n, s in zip(signed, shifts, strict=True)
        ],
    }
    lines = [f"{line.replace('%0', '%r', 1)} : tensor<{shaped(a)}>" for line in results]
    names = ["%r" + line[2] for line in results]
    expected = (wrapped(numbers, dtype) for numbers in results.values())
    check_kernel("\n".join(lines), [a, shift_array], dict(zip(names, expected, strict=True)))


@pytest.mark.parametrize("source", INTEGERS)
def test_integers_become_all_numbers(source: DTypeLike) -> None:
    a, _ = pairs(source)
    targets = [np.dtype(target) for target in NUMBERS if np.dtype(target) != np.dtype(source)]
    lines = [
        f"%r{n} = mhlo.convert %0 : (tensor<{shaped(a)}>) -> tensor<{shaped(a.astype(target))}>"
        for n, target in enumerate(targets)
    ]
    check_kernel("\n".join(lines), [a], {f"%r{n}": a.astype(target) for n, target in enumerate(targets)})


@pytest.mark.parametrize("source", [np.int64, np.uint64, np.int32])
def test_an_integer_is_rounded_once(source: DTypeLike) -> None:
    """Rounded to 24 bits first, all of them would lie in the middle between two bf16, and go down."""
    cases = [(shift, rest) for shift in (30, 27) for rest in (-1, 0, 1)]
    a = np.array([(1 << shift) + (1 << (shift - 8)) + rest for shift, rest in cases], source)
    once = np.array([2.0**shift * (1 + 2.0**-7 * (rest > 0)) for shift, rest in cases]).astype(BF16)
    module = parse_kernel(
        f"""
        func.func @f(%a: memref<{shaped(a)}>, %b: memref<{shaped(once)}>) attributes {{{LAUNCH_OF_SIX}}} {{
          %x = "gpu.global_id"() <{{dimension = #gpu<dim x>}}> : () -> index
          %n = memref.load %a[%x] : memref<{shaped(a)}>
          %r = arith.{"uitofp" if a.dtype.kind == "u" else "sitofp"} %n : {shaped(a)[2:].strip("u")} to bf16
          memref.store %r, %b[%x] : memref<{shaped(once)}>
          iree.return
        }}
    """.replace("ui64", "i64")
    )
    run_passes(module, [WidenScalars()])
    (found,) = run_kernel(kernel_function(module), [a.view(f"i{a.itemsize}")])
    np.testing.assert_array_equal(found.view(BF16), once)


@pytest.mark.parametrize("dtype", HALVES)
def test_arithmetic_of_every_half_with_another(dtype: DTypeLike) -> None:
    a = all_of(dtype)
    b = np.random.default_rng(1).permutation(a)
    names = {"add": np.add, "multiply": np.multiply, "divide": np.divide, "maximum": np.maximum}
    lines = [f"%r{n} = mhlo.{name} %0, %1 : tensor<{shaped(a)}>" for n, name in enumerate(names)]
    check_kernel("\n".join(lines), [a, b], {f"%r{n}": compute(a, b) for n, compute in enumerate(names.values())})


@pytest.mark.parametrize("dtype", HALVES)
def test_functions_of_every_half(dtype: DTypeLike) -> None:
    a = all_of(dtype)
    names = {"sqrt": np.sqrt, "floor": np.floor, "round_nearest_even": np.rint, "negate": np.negative, "abs": np.abs}
    lines = [f"%r{n} = mhlo.{name} %0 : tensor<{shaped(a)}>" for n, name in enumerate(names)]
    results = {f"%r{n}": compute(a).astype(dtype) for n, compute in enumerate(names.values())}
    check_kernel("\n".join(lines), [a], results)


@pytest.mark.parametrize("dtype", HALVES)
@pytest.mark.parametrize("wide", [np.float32, np.float64])
def test_halves_to_and_from_wider_floats(dtype: DTypeLike, wide: DTypeLike) -> None:
    a = all_of(dtype)
    exact = a.astype(wide)
    check_kernel(f"%r = mhlo.convert %0 : (tensor<{shaped(a)}>) -> tensor<{shaped(exact)}>", [a], {"%r": exact})
    generator = np.random.default_rng(2)
    bits = generator.integers(0, 2**32, 20_000, dtype=np.uint32).view(np.float32).astype(wide)
    ties = ((exact[:-1] + exact[1:]) / 2).astype(wide)
    x = np.concatenate(
        [bits, exact * np.asarray(1.0001, wide), ties, (generator.normal(size=1000) * 1e-6).astype(wide)]
    )
    near = x.astype(dtype)
    check_kernel(f"%r = mhlo.convert %0 : (tensor<{shaped(x)}>) -> tensor<{shaped(near)}>", [x], {"%r": near})


@pytest.mark.parametrize("dtype", HALVES)
def test_what_is_moved_keeps_its_bits(dtype: DTypeLike) -> None:
    """Those of NaN too, quiet or not."""
    a = all_of(dtype)
    body = f"%r = mhlo.reverse %0, dims = [0] : tensor<{shaped(a)}>"
    module = check_kernel(body, [a], {"%r": a[::-1]})
    assert {op.name for op in kernel_function(module).walk()} & {"arith.bitcast", "arith.mulf"} == set()


def test_what_an_integer_becomes() -> None:
    check_pass(
        WidenScalars(),
        before="""
            func.func @f(%a: memref<4xi8>, %b: memref<4xi8>) {
              %0 = arith.constant 0 : index
              %1 = memref.load %a[%0] : memref<4xi8>
              %2 = arith.addi %1, %1 : i8
              memref.store %2, %b[%0] : memref<4xi8>
              iree.return
            }
        """,
        after="""
            func.func @f(%a: memref<4xi8>, %b: memref<4xi8>) {
              %0 = arith.constant 0 : index
              %1 = memref.load %a[%0] : memref<4xi8>
              %2 = arith.extsi %1 : i8 to i32
              %3 = arith.constant 24 : i32
              %4 = arith.shli %2, %3 : i32
              %5 = arith.shrsi %4, %3 : i32
              %6 = arith.addi %5, %5 : i32
              %7 = arith.shli %6, %3 : i32
              %8 = arith.shrsi %7, %3 : i32
              %9 = arith.trunci %8 : i32 to i8
              memref.store %9, %b[%0] : memref<4xi8>
              iree.return
            }
        """,
    )


def test_a_kernel_without_narrow_types_stays_as_it_is() -> None:
    text = """
        func.func @f(%a: memref<4xf64>) {
          %0 = arith.constant 0 : index
          %1 = memref.load %a[%0] : memref<4xf64>
          memref.store %1, %a[%0] : memref<4xf64>
          iree.return
        }
    """
    check_pass(WidenScalars(), before=text, after=text)


@pytest.mark.parametrize(
    ("op", "message"),
    [
        ("math.exp %v : f16", r"test\.mlir:4:\d+: math\.exp: has no form in f32 for f16"),
        ("math.ctpop %n : i8", r"math\.ctpop: has no form in i32 for i8"),
    ],
)
def test_an_op_without_a_wide_form_is_refused(op: str, message: str) -> None:
    text = f"""func.func @f(%a: memref<f16>, %b: memref<i8>) {{
      %v = memref.load %a[] : memref<f16>
      %n = memref.load %b[] : memref<i8>
      %r = {op}
      iree.return
    }}"""
    with pytest.raises(CompileError, match=message):
        run_passes(parse(text), [WidenScalars()])
