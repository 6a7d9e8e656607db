"""mhlo.scatter: a tensor with updates combined into the places that indices name.

%1 = "mhlo.scatter"(%0, %rows, %updates) <{scatter_dimension_numbers = #mhlo.scatter<update_window_dims = [1],
     inserted_window_dims = [0], scatter_dims_to_operand_dims = [0], index_vector_dim = 1>}> ({
^bb0(%old: tensor<f32>, %update: tensor<f32>):
  %sum = mhlo.add %old, %update : tensor<f32>
  mhlo.return %sum : tensor<f32>
}) : (tensor<4x5xf32>, tensor<3x1xi32>, tensor<3x5xf32>) -> tensor<4x5xf32>
"""

from xdsl.dialects.builtin import BoolAttr, TensorType, i1
from xdsl.irdl import (
    SameVariadicOperandSize,
    irdl_op_definition,
    operand_def,
    opt_prop_def,
    prop_def,
    region_def,
    var_operand_def,
    var_result_def,
)

from iree.compiler.dialects.mhlo import inference
from iree.compiler.dialects.mhlo.attributes import ScatterDimensionNumbers, ScatterNumbers
from iree.compiler.dialects.mhlo.base import HloOp
from iree.compiler.dialects.mhlo.indexing import require_sorted
from iree.compiler.dialects.mhlo.reduction import (
    BOOLEAN_KINDS,
    KINDS,
    Return,
    only_op,
    verify_combination,
    verify_results,
)
from iree.compiler.dialects.mhlo.rules import require_dimensions, require_elements
from iree.compiler.dialects.mhlo.types import (
    DYNAMIC,
    Elements,
    Shape,
    Tensor,
    element_of,
    shapes_agree,
    sizes_agree,
    spell,
    tensor,
)
from iree.compiler.ir.diagnostics import require


@irdl_op_definition
class Scatter(HloOp):
    """Combines each update with the element at its place, by the body; an update outside of the input is skipped.

    Updates of one place are combined in the order of their index vectors.

    (C1) There are as many updates as inputs, of the same elements; inputs have one shape, and updates have one.
    (C2) The indices are integers, and 0 <= index_vector_dim <= their rank.
    (C3) scatter_dims_to_operand_dims names as many dimensions as an index vector has elements.
    (C4) scatter_dims_to_operand_dims and input_batching_dims are different dimensions of the inputs.
    (C5) inserted_window_dims and input_batching_dims, each sorted, are different dimensions of the inputs; with as many
         update_window_dims, they are all.
    (C6) scatter_indices_batching_dims are different dimensions of the indices without index_vector_dim, as many as
         input_batching_dims and of the same sizes.
    (C7) update_window_dims are sorted, different dimensions of the updates, no larger than the inputs'; the other
         dimensions have the sizes of the indices.
    (C8) The body takes a scalar for each result, then another one for each, and returns one for each.
    (C9) The results have the inputs' types, or wider elements of their kind.
    """

    name = "mhlo.scatter"
    inputs = var_operand_def(TensorType)
    scatter_indices = operand_def(TensorType)
    updates = var_operand_def(TensorType)
    scatter_dimension_numbers = prop_def(ScatterDimensionNumbers)
    indices_are_sorted = opt_prop_def(BoolAttr)
    unique_indices = opt_prop_def(BoolAttr)
    outputs = var_result_def(TensorType)
    update_computation = region_def("single_block")
    irdl_options = (SameVariadicOperandSize(),)

    @property
    def numbers(self) -> ScatterNumbers:
        """Which dimensions belong together."""
        return self.scatter_dimension_numbers.data

    def verify_(self) -> None:
        inputs, updates = [tensor(value) for value in self.inputs], [tensor(value) for value in self.updates]
        texts = f"the inputs are {_listed(inputs)}, the updates {_listed(updates)}"
        require(self, "C1", bool(inputs) and _alike(inputs) and _alike(updates), texts)
        elements = all(one.element_type == other.element_type for one, other in zip(inputs, updates, strict=True))
        require(self, "C1", elements, texts)
        indices, numbers = tensor(self.scatter_indices), self.numbers
        vector_dim, rank = numbers.index_vector_dim, indices.get_num_dims()
        require_elements(self, "C2", indices, Elements.INTEGER)
        require(self, "C2", 0 <= vector_dim <= rank, f"index_vector_dim {vector_dim} of {indices}")
        length, mapped = (*indices.get_shape(), 1)[vector_dim], numbers.scatter_dims_to_operand_dims
        require(self, "C3", sizes_agree(len(mapped), length), f"{list(mapped)} for index vectors of {length}")
        self._verify_input(inputs[0].get_shape(), indices.get_shape())
        self._verify_windows(inputs[0].get_shape(), indices.get_shape(), updates[0].get_shape())
        verify_results(self, "C9", self.inputs, [type_.get_shape() for type_ in inputs], self.outputs)
        verify_combination(self, "C8", self.outputs, self.update_computation.block)

    def _verify_input(self, shape: Shape, indices: Shape) -> None:
        """Checks (C4) to (C6)."""
        numbers, rank = self.numbers, len(shape)
        batching, places = numbers.input_batching_dims, numbers.scatter_indices_batching_dims
        require_dimensions(self, "C4", numbers.scatter_dims_to_operand_dims + batching, rank)
        for dims in (numbers.inserted_window_dims, batching):
            require_sorted(self, "C5", dims)
        lost, windows = numbers.inserted_window_dims + batching, len(numbers.update_window_dims)
        require_dimensions(self, "C5", lost, rank)
        all_ = len(lost) + windows == rank
        require(self, "C5", all_, f"{windows} update_window_dims and dimensions {list(lost)} of rank {rank}")
        require_dimensions(self, "C6", places, len(indices))
        sizes = [shape[dim] for dim in batching], [indices[dim] for dim in places]
        same = len(sizes[0]) == len(sizes[1]) and all(map(sizes_agree, *sizes))
        fits = same and numbers.index_vector_dim not in places
        require(self, "C6", fits, f"sizes {spell(sizes[0])} of the inputs, {spell(sizes[1])} of the indices")

    def _verify_windows(self, shape: Shape, indices: Shape, updates: Shape) -> None:
        """Checks (C7)."""
        numbers = self.numbers
        windows = numbers.update_window_dims
        require_sorted(self, "C7", windows)
        require_dimensions(self, "C7", windows, len(updates))
        room = inference.without(shape, numbers.inserted_window_dims + numbers.input_batching_dims)
        fits = all(
            DYNAMIC in (updates[dim], size) or updates[dim] <= size for dim, size in zip(windows, room, strict=True)
        )
        batch = inference.without(indices, (numbers.index_vector_dim,))
        right = fits and shapes_agree(inference.without(updates, windows), batch)
        texts = f"updates {spell(updates)} with windows along {list(windows)}"
        require(self, "C7", right, f"{texts} for inputs {spell(shape)} and indices {spell(indices)}")


def _listed(types: list[Tensor]) -> str:
    return ", ".join(map(str, types)) or "none"


def _alike(types: list[Tensor]) -> bool:
    return all(shapes_agree(types[0].get_shape(), other.get_shape()) for other in types)


def scatter_kind(scatter: Scatter) -> str | None:
    """What a scatter does with an update: "replace", or as reduce_kind.

    None: it has several inputs, or the body is anything else than one of these ops.
    """
    kind = None
    block = scatter.update_computation.block
    if len(scatter.inputs) == 1:
        op = only_op(scatter.update_computation)
        kind = KINDS.get(type(op)) if op is not None else None
        if isinstance(block.first_op, Return) and block.first_op.values[0] is block.args[1]:
            kind = "replace"
    if kind is None:
        return None
    return BOOLEAN_KINDS.get(kind, kind) if element_of(scatter.inputs[0]) == i1 else kind
