func @simple_mul(%arg0: tensor<4xf32>, %arg1: tensor<4xf32>) -> tensor<4xf32>
attributes  {iree.module.export} {
%cst = constant dense<[4, 1, 1]> : tensor<3xi32>
%0 = iree.dispatch_region[%cst : tensor<3xi32>](%arg2 = %arg0 : tensor<4xf32>, %arg3 = %arg1 : tensor<4xf32>) : tensor<4xf32> {
%1 = mulf %arg2, %arg3 : tensor<4xf32>
iree.return %1 : tensor<4xf32>
}
return %0 : tensor<4xf32>
}
