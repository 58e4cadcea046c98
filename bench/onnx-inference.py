"""Times an ONNX file in PyTorch (by onnx2torch, the same layers and weights) on images of noise.

usage: onnx-inference.py FILE BATCH HEIGHT WIDTH THREADS STEPS
Prints `step SECONDSs`, the median of STEPS passes after one that is not counted.
"""

import statistics
import sys
import time

import onnx
import torch
from onnx2torch import convert

path = sys.argv[1]
batch, height, width, threads, steps = (int(argument) for argument in sys.argv[2:])
torch.set_num_threads(threads)
network = convert(onnx.load(path)).eval()
images = torch.rand(batch, 3, height, width) * 2 - 1
seconds = []
with torch.inference_mode():
    for _ in range(steps + 1):
        begun = time.perf_counter()
        network(images)
        seconds.append(time.perf_counter() - begun)
print(f"step {statistics.median(seconds[1:]):.6f}s")
