func @simple_mul(%arg0: tensor<4xf32>, %arg1: tensor<4xf32>) -> tensor<4xf32>
attributes { iree.module.export } {
%0 = mhlo.multiply(%arg0, %arg1) : tensor<4xf32>
return %0 : tensor<4xf32>
}
