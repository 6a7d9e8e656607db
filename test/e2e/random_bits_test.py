"""Random bits on every driver, bit for bit as XLA gives them: rng_bit_generator, and jax.random."""

import jax
import numpy as np
import pytest
from jax import lax

import iree.compiler
import iree.runtime
from test.e2e.programs import DRIVERS

KEYS = np.array([[0, 0], [0x123456789ABCDEF0, 0xFEDCBA9876543210], [7, 2**64 - 2]], np.uint64)
SHAPES = ((8,), (5,), (3, 5), (2, 6), (3, 4, 2), ())


def dims(shape):
    return "".join(f"{size}x" for size in shape)


def of_xla(key, shape, dtype, algorithm):
    """State and bits as XLA gives them."""
    kind = getattr(lax.RandomAlgorithm, f"RNG_{algorithm}")
    with jax.enable_x64(True):
        return [np.asarray(each) for each in lax.rng_bit_generator(key, shape, dtype=dtype, algorithm=kind)]


def program(shapes, element, algorithm):
    """A function f0, f1, .. for each shape."""
    text = ""
    for index, shape in enumerate(shapes):
        types = f"(tensor<2xui64>, tensor<{dims(shape)}{element}>)"
        text += f"""func.func @f{index}(%a: tensor<2xui64>) -> {types} {{
          %0, %1 = stablehlo.rng_bit_generator %a, algorithm = {algorithm} : (tensor<2xui64>) -> {types}
          return %0, %1 : {types[1:-1]}
        }}
        """
    return text


@pytest.mark.parametrize("algorithm", ["THREE_FRY", "PHILOX", "DEFAULT"])
def test_words_of_32_bits(algorithm):
    shapes = SHAPES if algorithm == "THREE_FRY" else SHAPES[1:3]
    module = iree.compiler.compile_str(program(shapes, "ui32", algorithm))
    for driver in DRIVERS:
        loaded = iree.runtime.load_vm_flatbuffer(module, driver=driver)
        for index, shape in enumerate(shapes):
            for key in KEYS:
                state, bits = getattr(loaded, f"f{index}")(key)
                of_state, of_bits = of_xla(key, shape, np.uint32, algorithm)
                np.testing.assert_array_equal(state, of_state)
                np.testing.assert_array_equal(bits, of_bits)


@pytest.mark.parametrize("algorithm", ["THREE_FRY", "PHILOX"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.uint64])
def test_other_widths(algorithm, dtype):
    text = program([(5,)], f"ui{dtype().itemsize * 8}", algorithm)
    module = iree.compiler.compile_str(text, target_backends=["interpreter-bytecode"])
    state, bits = iree.runtime.load_vm_flatbuffer(module).f0(KEYS[1])
    of_state, of_bits = of_xla(KEYS[1], (5,), dtype, algorithm)
    np.testing.assert_array_equal(state, of_state)
    np.testing.assert_array_equal(bits, of_bits)


def test_a_counter_of_128_bits_carries():
    text = program([(4,)], "ui32", "PHILOX").replace("tensor<2xui64>", "tensor<3xui64>")
    module = iree.compiler.compile_str(text, target_backends=["interpreter-bytecode"])
    state, _ = iree.runtime.load_vm_flatbuffer(module).f0(np.array([7, 2**64 - 1, 9], np.uint64))
    np.testing.assert_array_equal(state, np.array([7, 0, 10], np.uint64))


@pytest.mark.parametrize("partitionable", [True, False])
def test_random_numbers_of_jax(partitionable):
    def draw(key):
        first, second = jax.random.split(key)
        return jax.random.bits(first, (3, 5)), jax.random.randint(second, (4,), -5, 100)

    key = np.array([3, 0xDEADBEEF], np.uint32)
    with jax.threefry_partitionable(partitionable):
        text = jax.jit(draw).lower(key).as_text()
        expected = jax.jit(draw)(key)
    module = iree.compiler.compile_str(text)
    for driver in DRIVERS:
        got = iree.runtime.load_vm_flatbuffer(module, driver=driver).main(key)
        for ours, theirs in zip(got, expected, strict=True):
            np.testing.assert_array_equal(ours, theirs)
