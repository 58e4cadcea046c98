"""Times an ONNX file in PyTorch (by onnx2torch, the same layers and weights) on images of noise.

usage: onnx-inference.py FILE BATCH HEIGHT WIDTH THREADS STEPS
Prints `step SECONDSs`, the median of STEPS passes after one that is not counted.
"""

import statistics
import sys
import time

import numpy
import onnx
import torch
from onnx2torch import convert


def with_initializers(model):
    """The model with its constants, numbers and lists of them, as initializers: onnx2torch takes axes from these alone."""
    for node in [node for node in model.graph.node if node.op_type == "Constant"]:
        (attribute,) = node.attribute
        dtype = "float32" if attribute.name in ("value_float", "value_floats") else "int64"
        numbers = numpy.array(onnx.helper.get_attribute_value(attribute), dtype)
        model.graph.initializer.append(onnx.numpy_helper.from_array(numbers, node.output[0]))
        model.graph.node.remove(node)
    return model


path = sys.argv[1]
batch, height, width, threads, steps = (int(argument) for argument in sys.argv[2:])
torch.set_num_threads(threads)
network = convert(with_initializers(onnx.load(path))).eval()
images = torch.rand(batch, 3, height, width) * 2 - 1
seconds = []
with torch.inference_mode():
    for _ in range(steps + 1):
        begun = time.perf_counter()
        network(images)
        seconds.append(time.perf_counter() - begun)
print(f"step {statistics.median(seconds[1:]):.6f}s")
