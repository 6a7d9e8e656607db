module {
iree.multi_arch_executable @simple_mul_ex_dispatch_0[0]() {
iree.executable(Unspecified) {
module {
func @simple_mul_rgn_dispatch_0(%arg0: memref<4xf32>, %arg1: memref<4xf32>, %arg2: memref<4xf32>)
attributes  {iree.executable.export, iree.executable.workload = dense<[4, 1, 1]> : tensor<3xi32>, iree.ordinal = 0 : i32} {
%0 = iree.load_input(%arg0 : memref<4xf32>) : tensor<4xf32>
%1 = iree.load_input(%arg1 : memref<4xf32>) : tensor<4xf32>
%2 = mulf %0, %1 : tensor<4xf32>
iree.store_output(%2 : tensor<4xf32>, %arg2 : memref<4xf32>)
iree.return
}
}
}
}
func @simple_mul(%arg0: memref<4xf32>, %arg1: memref<4xf32>) -> memref<4xf32>
attributes  {iree.module.export, iree.ordinal = 0 : i32} {
%0 = "iree_ll_seq.alloc_heap"() : () -> memref<4xf32>
iree_ll_seq.static_dispatch simple_mul_ex_dispatch_0::simple_mul_rgn_dispatch_0[dense<[4, 1, 1]> : tensor<3xi32>](%arg0, %arg1, %0) : (memref<4xf32>, memref<4xf32>, memref<4xf32>) -> ()
iree_ll_seq.return %0 : memref<4xf32>
}
}
