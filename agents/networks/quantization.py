"""A LiteRT model's weights in 8 and in 16 bits: smaller files, faster decisions.

Convolutions and dense layers in 8 bits take half the time of those in 32. LiteRT brings activations
to 8 bits by other rules on ARM than on x86, so Q differs there by up to a hundredth. What says
where things are stays exact: heat maps, the targets and their radial basis functions.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tensorflow.lite.python import schema_py_generated as schema
from tensorflow.lite.tools import flatbuffer_utils

SMALLEST_INT8 = 2048  # numbers in the smallest weight that is kept in 8 bits
SMALLEST_FLOAT16 = 4096  # and in 16
LARGEST_INT8 = 127  # of a range that is even about zero, as LiteRT's kernels want weights
# The layers of features and decisions, after the network's own name.
IN_INT8 = re.compile(rb"^[^/]+/(conv2d|dense|features|state)(_\d+)*/")
# LiteRT's operators with the inputs of which they take weights in 8 bits, one scale a row, for
# activations in 32 bits; and the versions of the operators that do.
WITH_WEIGHTS = {schema.BuiltinOperator.CONV_2D: 7, schema.BuiltinOperator.FULLY_CONNECTED: 12}


def quantized(data: bytes, int8: bool) -> bytes:
    """Return the LiteRT model `data` with its large weights in float16, or in 8 bits if `int8`.

    TensorFlow's converter would do either with every constant: with those that are not weights (the
    radial basis's points), and in float16 with the first weights, which it divides by 255 and which
    are then too small. LiteRT turns float16 to float32 once, when it loads the model; it brings
    activations to 8 bits for each picture on its own, so a batch changes no answer.
    """
    model = flatbuffer_utils.read_model_from_bytearray(bytearray(data))
    (graph,) = model.subgraphs
    if int8:
        for tensor in _weights(model):
            if IN_INT8.match(tensor.name):
                _to_int8(model, tensor)
    _to_float16(model, graph)
    return bytes(flatbuffer_utils.convert_object_to_bytearray(model))


def _weights(model: Any) -> Iterator[Any]:
    """Yield the weights of convolutions and dense layers, each once, with their rows first."""
    (graph,) = model.subgraphs
    seen = set()
    for operator in graph.operators:
        code = model.operatorCodes[operator.opcodeIndex]
        if code.builtinCode in WITH_WEIGHTS and operator.inputs[1] not in seen:
            seen.add(operator.inputs[1])
            yield graph.tensors[operator.inputs[1]]


def _floats(model: Any, tensor: Any, least: int) -> NDArray[np.float32] | None:
    """Return what `tensor` holds, or None if it is no constant of `least` numbers or more."""
    constant = model.buffers[tensor.buffer].data
    if tensor.type != schema.TensorType.FLOAT32 or constant is None:
        return None
    values = np.frombuffer(bytes(constant), np.float32)
    return values if len(values) >= least else None


def _to_int8(model: Any, tensor: Any) -> None:
    """Let `tensor` [R, ...] be in 8 bits, each row as fine as its largest number allows."""
    values = _floats(model, tensor, SMALLEST_INT8)
    if values is None:
        return
    rows = values.reshape(tensor.shape[0], -1)
    scales = np.abs(rows).max(axis=1) / LARGEST_INT8
    scales[scales == 0] = 1.0
    numbers = np.rint(rows / scales[:, None]).astype(np.int8)
    tensor.type, tensor.buffer = schema.TensorType.INT8, _add_buffer(model, numbers)
    tensor.quantization = schema.QuantizationParametersT()
    tensor.quantization.scale = scales.astype(np.float32)
    tensor.quantization.zeroPoint = np.zeros(len(rows), np.int64)
    tensor.quantization.quantizedDimension = 0
    for code in model.operatorCodes:
        code.version = max(code.version, WITH_WEIGHTS.get(code.builtinCode, 0))


def _to_float16(model: Any, graph: Any) -> None:
    """Let the large constants of `graph` be in 16 bits, and dequantized where they are used."""
    dequantize = _operator(model, schema.BuiltinOperator.DEQUANTIZE)
    halved: dict[int, int] = {}  # from a buffer to the one that holds its numbers in float16
    for index, tensor in enumerate(list(graph.tensors)):
        values = _floats(model, tensor, SMALLEST_FLOAT16)
        if values is None:
            continue
        if tensor.buffer not in halved:
            halved[tensor.buffer] = _add_buffer(model, values.astype(np.float16))
        half = copy.copy(tensor)
        half.name, half.type = tensor.name + b"/float16", schema.TensorType.FLOAT16
        half.buffer = halved[tensor.buffer]
        graph.tensors.append(half)
        tensor.buffer = 0  # the buffer of computed tensors
        operator = schema.OperatorT()
        operator.opcodeIndex = dequantize
        operator.inputs, operator.outputs = [len(graph.tensors) - 1], [index]
        graph.operators.insert(0, operator)
    _drop_unused(model, graph)


def _add_buffer(model: Any, numbers: NDArray[Any]) -> int:
    """Return the number of a new buffer of `model` that holds `numbers`."""
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(numbers.tobytes(), np.uint8)
    model.buffers.append(buffer)
    return len(model.buffers) - 1


def _drop_unused(model: Any, graph: Any) -> None:
    """Empty the buffers of which no tensor is left."""
    used = {tensor.buffer for tensor in graph.tensors}
    used |= {entry.buffer for entry in model.metadata or ()}
    for number, buffer in enumerate(model.buffers):
        if number not in used:
            buffer.data = None


def _operator(model: Any, builtin: int) -> int:
    """Return the number of the operator `builtin` in `model`, added if there is none."""
    for number, code in enumerate(model.operatorCodes):
        if code.builtinCode == builtin:
            return number
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = builtin
    code.version = 3  # the first that takes float16
    model.operatorCodes.append(code)
    return len(model.operatorCodes) - 1
