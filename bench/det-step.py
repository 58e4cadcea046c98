"""Times the training step of PP-OCRv3's detection CML in PyTorch or PaddlePaddle, to compare Retort's with.

    python det-step.py torch|paddle BATCH THREADS STEPS SIZE

Two Students learn from a frozen Teacher (DistillationDilaDBLoss), from each other (DML of the shrink maps) and from the
labels (DB loss), by Adam. A step is the forward passes, the losses, backward, the update and reading the loss. Each has
its own random images and maps, SIZE by SIZE, drawn before its time begins; a tenth of the pixels is text. L2 is left
out, as in `retort bench train-step`. The Teacher runs as it does in the reference: without gradients, but with the
batch's statistics.

Prints one line, with the median of STEPS steps after one that is not timed:

    params 1206836 frozen 32895970 batch 2 threads 2 step 5.612s 0.36 samples/s
"""

import os
import statistics
import sys
import time

if len(sys.argv) != 6 or sys.argv[1] not in ("torch", "paddle"):
    sys.exit("usage: python det-step.py torch|paddle BATCH THREADS STEPS SIZE")
FRAMEWORK = sys.argv[1]
BATCH, THREADS, STEPS, SIZE = map(int, sys.argv[2:])
# Read once, when the framework is loaded.
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "FLAGS_paddle_num_threads"):
    os.environ[name] = str(THREADS)
os.environ["OMP_DYNAMIC"] = os.environ["MKL_DYNAMIC"] = "FALSE"

import importlib  # noqa: E402

import numpy as np  # noqa: E402
from det_networks import networks  # noqa: E402

lib = importlib.import_module(FRAMEWORK)
f = importlib.import_module(f"{'paddle' if FRAMEWORK == 'paddle' else 'torch'}.nn.functional")
if FRAMEWORK == "torch":
    lib.set_num_threads(THREADS)

EPSILON = 1e-6
random = np.random.default_rng(1)


def tensor(array):
    array = array.astype(np.float32)
    return lib.to_tensor(array) if FRAMEWORK == "paddle" else lib.from_numpy(array)


def dice(p, target, mask):
    return 1 - 2 * (p * target * mask).sum() / ((p * mask).sum() + (target * mask).sum() + EPSILON)


def balanced(p, target, mask):
    positives = (target * mask).sum().floor()
    negatives = lib.minimum(((1 - target) * mask).sum(), 3 * positives).floor()
    return dice(p, target, mask) * (positives + negatives) / (positives + negatives + EPSILON)


def db_loss(maps, labels):
    shrink, shrink_mask, threshold, threshold_mask = labels
    l1 = ((maps[:, 1] - threshold).abs() * threshold_mask).sum() / (threshold_mask.sum() + EPSILON)
    return 5 * balanced(maps[:, 0], shrink, shrink_mask) + 10 * l1 + dice(maps[:, 2], shrink, shrink_mask)


def dilated(maps):
    text = (maps[:, 0:1] > 0.3).astype("float32") if FRAMEWORK == "paddle" else (maps[:, 0:1] > 0.3).float()
    return f.max_pool2d(f.pad(text, [1, 0, 1, 0]), 2, 1)[:, 0]


def dila_loss(maps, text, mask):
    return 5 * balanced(maps[:, 0], text, mask) + dice(maps[:, 2], text, mask)


def mutual(first, second):
    p, q = first[:, 0], second[:, 0]
    one = q * ((q + 1e-5) / (p + 1e-5) + 1e-5).log()
    other = p * ((p + 1e-5) / (q + 1e-5) + 1e-5).log()
    return (one + other).mean() / 2


def batch():
    shape = (BATCH, SIZE, SIZE)
    image = random.uniform(-1, 1, (BATCH, 3, SIZE, SIZE))
    maps = [random.uniform(0, 1, shape) < 0.1, np.ones(shape), random.uniform(0.3, 0.7, shape), np.ones(shape)]
    return tensor(image), [tensor(each) for each in maps]


def count(network):
    """Parameters without the running statistics, which PaddlePaddle lists among them."""
    learned = [p for p in network.parameters() if FRAMEWORK == "torch" or p.trainable]
    return sum(int(np.prod(p.shape)) for p in learned)


student, teacher = networks(FRAMEWORK)
students, fixed = [student(), student()], teacher()
parameters = [p for network in students for p in network.parameters()]
if FRAMEWORK == "paddle":
    optimizer = lib.optimizer.Adam(1e-3, parameters=parameters)
else:
    optimizer = lib.optim.Adam(parameters, lr=1e-3)


def step(image, labels):
    with lib.no_grad():
        text = dilated(fixed(image))
    first, second = [network(image) for network in students]
    loss = mutual(first, second)
    for maps in (first, second):
        loss = loss + dila_loss(maps, text, labels[1]) + db_loss(maps, labels)
    loss.backward()
    optimizer.step()
    optimizer.clear_grad() if FRAMEWORK == "paddle" else optimizer.zero_grad()
    return float(loss.detach())


seconds = []
for i in range(STEPS + 1):
    data = batch()
    begun = time.perf_counter()
    step(*data)
    if i > 0:
        seconds.append(time.perf_counter() - begun)
middle = statistics.median(seconds)
print(
    f"params {sum(map(count, students))} frozen {count(fixed)} batch {BATCH} threads {THREADS}"
    f" step {middle:.3f}s {BATCH / middle:.2f} samples/s"
)
