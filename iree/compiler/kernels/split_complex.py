"""split-complex: a complex number becomes its two parts, in memory one after the other.

    %z = memref.load %a[%i] : memref<4xcomplex<f32>>     %x = memref.load %a[%i, %c0] : memref<4x2xf32>
    %x = complex.re %z : complex<f32>                 -> %y = memref.load %a[%i, %c1] : memref<4x2xf32>
    %w = complex.create %x, %x : complex<f32>
    memref.store %w, %b[%i] : memref<4xcomplex<f32>>     memref.store %x, %b[%i, %c0] : memref<4x2xf32>
                                                         memref.store %x, %b[%i, %c1] : memref<4x2xf32>

What kernels compute with complex numbers is real arithmetic already: lower-to-linalg takes them apart.
"""

from xdsl.dialects import complex, memref
from xdsl.dialects.builtin import ComplexType, MemRefType, ModuleOp
from xdsl.dialects.func import FuncOp
from xdsl.ir import Attribute, Operation

from iree.compiler.ir.pass_manager import Pass
from iree.compiler.ir.rewriting import ops_of
from iree.compiler.kernels.kernel_rewriting import KernelRewriter


class SplitComplex(Pass):
    name = "split-complex"
    reads = ("func", "iree", "arith", "math", "complex", "scf", "memref", "gpu")
    leaves = ("func", "iree", "arith", "math", "scf", "memref", "gpu")

    def run(self, module: ModuleOp) -> None:
        for function in ops_of(module, FuncOp):
            if any(_is_complex_buffer(type_) for type_ in function.function_type.inputs) or any(
                isinstance(op, complex.CreateOp) for op in function.body.walk()
            ):
                _Splitting(function).rewrite()


def _is_complex_buffer(type_: Attribute) -> bool:
    return isinstance(type_, MemRefType) and isinstance(type_.element_type, ComplexType)


class _Splitting(KernelRewriter):
    def buffer_type(self, type_: Attribute) -> Attribute:
        if isinstance(type_, MemRefType) and isinstance(type_.element_type, ComplexType):
            return MemRefType(type_.element_type.element_type, [*type_.get_shape(), 2])
        return type_

    def load(self, op: memref.LoadOp) -> None:
        if not isinstance(op.res.type, ComplexType):
            super().load(op)
            return
        place = [self.value(index) for index in op.indices]
        parts = (self.emitter.load(self.value(op.memref), [*place, self.emitter.index(part)]) for part in range(2))
        self.define(op.res, *parts)

    def store(self, op: memref.StoreOp) -> None:
        if not isinstance(op.value.type, ComplexType):
            super().store(op)
            return
        place = [self.value(index) for index in op.indices]
        for number, part in enumerate(self.values[op.value]):
            self.emitter.store(part, self.value(op.memref), [*place, self.emitter.index(number)])

    def scalar(self, op: Operation) -> None:
        match op:
            case complex.CreateOp():
                self.define(op.complex, self.value(op.real), self.value(op.imaginary))
            case complex.ReOp():
                self.define(op.result, self.values[op.complex][0])
            case complex.ImOp():
                self.define(op.result, self.values[op.complex][1])
            case _:
                super().scalar(op)
