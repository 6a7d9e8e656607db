"""Executables of the same body become one."""

import iree.compiler
from iree.compiler.dialects.hl_seq import Dispatch
from iree.compiler.dialects.iree import MultiArchExecutable
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.transforms.hl_seq.deduplicate_executables import DeduplicateExecutables
from iree.testing.ir import parse


def executable(name: str, body: str, shape: str = "4xf32") -> str:
    return f"""
    iree.multi_arch_executable @{name}() {{
      iree.executable(Unspecified) {{
        module {{
          func.func @{name}_fn(%arg0: memref<{shape}>, %arg1: memref<{shape}>) attributes {{iree.executable.export}} {{
            {body}
            iree.return
          }}
        }}
      }}
    }}
    """


def square(value: str, op: str = "arith.mulf", shape: str = "4xf32") -> str:
    return f"""
    {value} = iree.load_input(%arg0 : memref<{shape}>) : tensor<{shape}>
    {value}_result = {op} {value}, {value} : tensor<{shape}>
    iree.store_output({value}_result : tensor<{shape}>, %arg1 : memref<{shape}>)
    """


def test_the_first_of_equal_executables_stays():
    module = parse(
        executable("a", square("%x"))
        + executable("b", square("%y"))
        + executable("c", square("%x", "arith.addf"))
        + executable("d", square("%x", shape="5xf32"), "5xf32")
        + executable("e", square("%z"))
        + """
        func.func @f(%m: memref<4xf32>, %n: memref<5xf32>, %w: memref<3xi32>) {
          iree_hl_seq.dispatch a::a_fn[%w : memref<3xi32>](%m, %m) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_hl_seq.dispatch b::b_fn[%w : memref<3xi32>](%m, %m) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_hl_seq.dispatch c::c_fn[%w : memref<3xi32>](%m, %m) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_hl_seq.dispatch d::d_fn[%w : memref<3xi32>](%n, %n) : (memref<5xf32>, memref<5xf32>) -> ()
          iree_hl_seq.dispatch e::e_fn[%w : memref<3xi32>](%m, %m) : (memref<4xf32>, memref<4xf32>) -> ()
          iree_hl_seq.return
        }
        """
    )
    DeduplicateExecutables().run(module)
    assert [op.sym_name.data for op in ops_of(module, MultiArchExecutable)] == ["a", "c", "d"]
    entry_points = [op.entry_point for op in ops_of(module, Dispatch)]
    assert [entry.root_reference.data for entry in entry_points] == ["a", "a", "c", "d", "a"]
    assert [entry.nested_references.data[0].data for entry in entry_points] == ["a_fn", "a_fn", "c_fn", "d_fn", "a_fn"]


def test_a_chain_of_equal_matmuls_is_one_executable():
    steps = "".join(
        f"  %{i + 1} = stablehlo.dot_general %{i}, %w, contracting_dims = [1] x [0]"
        " : (tensor<8x8xf32>, tensor<8x8xf32>) -> tensor<8x8xf32>\n"
        for i in range(100)
    )
    text = (
        "func.func @f(%x: tensor<8x8xf32>, %w: tensor<8x8xf32>) -> tensor<8x8xf32> {\n"
        "  %0 = stablehlo.add %x, %x : tensor<8x8xf32>\n"
        f"{steps}  return %100 : tensor<8x8xf32>\n}}\n"
    )
    compiled = iree.compiler.compile_str(text, compile_to="ll-seq").decode()
    assert compiled.count("iree.multi_arch_executable") == 2
    assert compiled.count("iree_ll_seq.static_dispatch") == 101
