"""A region becomes an executable and a dispatch of it."""

from iree.compiler.dialects.hl_seq import Dispatch
from iree.compiler.dialects.iree import MultiArchExecutable
from iree.compiler.ir.location import location_of
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.ir.verifier import verify
from iree.compiler.transforms.hl_seq.outline_dispatch_regions import OutlineDispatchRegions
from iree.testing.ir import check_pass, parse

PROGRAM = """
        func.func @f(%a: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) attributes {iree.module.export} {
          %w = arith.constant dense<[4, 1, 1]> : tensor<3xi32>
          %0, %1 = iree.dispatch_region[%w : tensor<3xi32>](%x = %a : tensor<4xf32>) : (tensor<4xf32>, tensor<4xf32>) {
            %2 = arith.addf %x, %x : tensor<4xf32>
            %3 = arith.mulf %x, %x : tensor<4xf32>
            iree.return %2, %3 : tensor<4xf32>, tensor<4xf32>
          }
          %4 = iree.dispatch_region[%w : tensor<3xi32>](%x = %0 : tensor<4xf32>) : tensor<4xf32> {
            %5 = arith.negf %x : tensor<4xf32>
            iree.return %5 : tensor<4xf32>
          }
          return %1, %4 : tensor<4xf32>, tensor<4xf32>
        }
        """


def test_regions_become_executables_in_order():
    check_pass(
        OutlineDispatchRegions(),
        before=PROGRAM,
        after="""
        iree.multi_arch_executable @f_ex_dispatch_0() {
          iree.executable(Unspecified) {
            module {
              func.func @f_rgn_dispatch_0(%arg0: memref<4xf32>, %arg1: memref<4xf32>, %arg2: memref<4xf32>) attributes {iree.executable.export} {
                %x = iree.load_input(%arg0 : memref<4xf32>) : tensor<4xf32>
                %0 = arith.addf %x, %x : tensor<4xf32>
                %1 = arith.mulf %x, %x : tensor<4xf32>
                iree.store_output(%0 : tensor<4xf32>, %arg1 : memref<4xf32>)
                iree.store_output(%1 : tensor<4xf32>, %arg2 : memref<4xf32>)
                iree.return
              }
            }
          }
        }
        iree.multi_arch_executable @f_ex_dispatch_1() {
          iree.executable(Unspecified) {
            module {
              func.func @f_rgn_dispatch_1(%arg0: memref<4xf32>, %arg1: memref<4xf32>) attributes {iree.executable.export} {
                %x = iree.load_input(%arg0 : memref<4xf32>) : tensor<4xf32>
                %0 = arith.negf %x : tensor<4xf32>
                iree.store_output(%0 : tensor<4xf32>, %arg1 : memref<4xf32>)
                iree.return
              }
            }
          }
        }
        func.func @f(%a: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) attributes {iree.module.export} {
          %w = arith.constant dense<[4, 1, 1]> : tensor<3xi32>
          %0 = iree.tensor_to_memref(%w : tensor<3xi32>) : memref<3xi32>
          %1 = iree.tensor_to_memref(%a : tensor<4xf32>) : memref<4xf32>
          %2 = "iree_hl_seq.alloc_heap"() : () -> memref<4xf32>
          %3 = "iree_hl_seq.alloc_heap"() : () -> memref<4xf32>
          iree_hl_seq.dispatch f_ex_dispatch_0::f_rgn_dispatch_0[%0 : memref<3xi32>](%1, %2, %3) : (memref<4xf32>, memref<4xf32>, memref<4xf32>) -> ()
          %4 = iree.memref_to_tensor(%2 : memref<4xf32>) : tensor<4xf32>
          %5 = iree.memref_to_tensor(%3 : memref<4xf32>) : tensor<4xf32>
          %6 = iree.tensor_to_memref(%w : tensor<3xi32>) : memref<3xi32>
          %7 = iree.tensor_to_memref(%4 : tensor<4xf32>) : memref<4xf32>
          %8 = "iree_hl_seq.alloc_heap"() : () -> memref<4xf32>
          iree_hl_seq.dispatch f_ex_dispatch_1::f_rgn_dispatch_1[%6 : memref<3xi32>](%7, %8) : (memref<4xf32>, memref<4xf32>) -> ()
          %9 = iree.memref_to_tensor(%8 : memref<4xf32>) : tensor<4xf32>
          return %5, %9 : tensor<4xf32>, tensor<4xf32>
        }
        """,  # noqa: E501
    )


def test_a_dispatch_has_the_location_of_its_region():
    module = parse(PROGRAM, "model.mlir")
    OutlineDispatchRegions().run(module)
    lines = [location_of(dispatch).split(":")[1] for dispatch in ops_of(module, Dispatch)]
    assert lines == ["4", "9"]


def test_an_executable_takes_no_name_that_a_function_has():
    module = parse(PROGRAM.replace("@f(", "@f_ex_dispatch_0(") + PROGRAM)
    OutlineDispatchRegions().run(module)
    verify(module)
    names = [executable.sym_name.data for executable in ops_of(module, MultiArchExecutable)]
    assert names == [
        "f_ex_dispatch_0_ex_dispatch_0",
        "f_ex_dispatch_0_ex_dispatch_1",
        "f_ex_dispatch_0_",
        "f_ex_dispatch_1",
    ]
