from iree.compiler.targets.spirv.write_module import module_words
from iree.testing.spirv_kernels import check_words, convert, disassemble, kernel_text


def code_of(body: str) -> list[str]:
    """The instructions of the function after the invocation's position, without the alignment of spirv-dis."""
    words = module_words(convert(kernel_text(["%a: memref<8xi32>"], body)))
    check_words(words)
    lines = [line.strip() for line in disassemble(words).splitlines()]
    first = next(number for number, line in enumerate(lines) if "OpCompositeExtract" in line)
    return lines[first + 3 : lines.index("OpReturn")]


def test_a_loop_in_words() -> None:
    """The phis of the header come from the block before the loop and from the one that branches back."""
    body = """
        %c0 = arith.constant 0 : index
        %c1 = arith.constant 1 : index
        %zero = arith.constant 0 : i32
        %n = scf.for %i = %c0 to %x step %c1 iter_args(%acc = %zero) -> (i32) {
          %next = arith.subi %acc, %acc : i32
          scf.yield %next : i32
        }
        memref.store %n, %a[%x] : memref<8xi32>
    """
    assert code_of(body) == [
        "OpBranch %24",
        "%24 = OpLabel",
        "%22 = OpPhi %uint %uint_0 %13 %29 %21",
        "%23 = OpPhi %uint %uint_0 %13 %28 %21",
        "%25 = OpSLessThan %bool %22 %15",
        "OpLoopMerge %20 %21 None",
        "OpBranchConditional %25 %27 %20",
        "%27 = OpLabel",
        "%28 = OpISub %uint %23 %23",
        "OpBranch %21",
        "%21 = OpLabel",
        "%29 = OpIAdd %uint %22 %uint_1",
        "OpBranch %24",
        "%20 = OpLabel",
        "%30 = OpAccessChain %_ptr_StorageBuffer_uint %f_arg_0 %uint_0 %15",
        "OpStore %30 %23",
    ]


def test_a_selection_in_words() -> None:
    body = """
        %c1 = arith.constant 1 : index
        %one = arith.constant 1 : i32
        %two = arith.constant 2 : i32
        %less = arith.cmpi slt, %x, %c1 : index
        %n = scf.if %less -> (i32) {
          %v = memref.load %a[%x] : memref<8xi32>
          scf.yield %v : i32
        } else {
          scf.yield %two : i32
        }
        memref.store %n, %a[%x] : memref<8xi32>
    """
    assert code_of(body) == [
        "%20 = OpSLessThan %bool %15 %uint_1",
        "OpSelectionMerge %22 None",
        "OpBranchConditional %20 %23 %24",
        "%23 = OpLabel",
        "%26 = OpAccessChain %_ptr_StorageBuffer_uint %f_arg_0 %uint_0 %15",
        "%28 = OpLoad %uint %26",
        "OpBranch %22",
        "%24 = OpLabel",
        "OpBranch %22",
        "%22 = OpLabel",
        "%29 = OpPhi %uint %28 %23 %uint_2 %24",
        "%30 = OpAccessChain %_ptr_StorageBuffer_uint %f_arg_0 %uint_0 %15",
        "OpStore %30 %29",
    ]


def test_a_phi_names_the_block_that_control_comes_from() -> None:
    """Behind an inner selection that is the inner merge block, not the block that the branch began with."""
    body = """
        %c1 = arith.constant 1 : index
        %one = arith.constant 1 : i32
        %less = arith.cmpi slt, %x, %c1 : index
        %n = scf.if %less -> (i32) {
          scf.if %less {
            memref.store %one, %a[%y] : memref<8xi32>
          }
          scf.yield %one : i32
        } else {
          scf.yield %one : i32
        }
        memref.store %n, %a[%x] : memref<8xi32>
    """
    assert code_of(body) == [
        "%19 = OpSLessThan %bool %15 %uint_1",
        "OpSelectionMerge %21 None",
        "OpBranchConditional %19 %22 %23",
        "%22 = OpLabel",
        "OpSelectionMerge %24 None",
        "OpBranchConditional %19 %25 %24",
        "%25 = OpLabel",
        "%27 = OpAccessChain %_ptr_StorageBuffer_uint %f_arg_0 %uint_0 %16",
        "OpStore %27 %uint_1",
        "OpBranch %24",
        "%24 = OpLabel",
        "OpBranch %21",
        "%23 = OpLabel",
        "OpBranch %21",
        "%21 = OpLabel",
        "%29 = OpPhi %uint %uint_1 %24 %uint_1 %23",
        "%30 = OpAccessChain %_ptr_StorageBuffer_uint %f_arg_0 %uint_0 %15",
        "OpStore %30 %29",
    ]
