"""Times the training step of PP-OCRv3's recognition distillation in PaddlePaddle, to compare Retort's with.

    python paddle-rec-step.py BATCH THREADS CLASSES STEPS WIDTH

CLASSES are those of the CTC head, blank included. Two equal networks learn from each other as PaddleOCR trains them in
dygraph mode: MobileNetV1Enhance at half width, an SVTR neck with a CTC head, a SAR head; DML on both heads, L2 between
feature maps, CTC and SAR losses, Adam. A step is forward, losses, backward, update and reading the losses. Each
has its own random images, 48 pixels high, and texts of 5 to 23 characters, drawn before its time begins. Images fill
their whole width, so SAR's masks, which would hide nothing, are left out; so is L2, as in `retort bench train-step`.

Prints one line, with the median of STEPS steps after one that is not timed:

    params 55014952 batch 8 threads 2 step 5.612s 1.43 samples/s
"""

import math
import os
import statistics
import sys
import time

if len(sys.argv) != 6:
    sys.exit("usage: python paddle-rec-step.py BATCH THREADS CLASSES STEPS WIDTH")
BATCH, THREADS, CLASSES, STEPS, WIDTH = map(int, sys.argv[1:])
# Paddle, MKL and oneDNN read these once, when they are loaded.
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "FLAGS_paddle_num_threads"):
    os.environ[name] = str(THREADS)
os.environ["OMP_DYNAMIC"] = os.environ["MKL_DYNAMIC"] = "FALSE"

import numpy as np  # noqa: E402
import paddle  # noqa: E402
import paddle.nn.functional as F  # noqa: E402
from paddle import nn  # noqa: E402
from paddle_rec_networks import Network  # noqa: E402

HEIGHT = 48
TEXT_LENGTH = 25
SHORTEST, LONGEST = 5, 23
# SAR's classes: the characters, unknown, start and end in one, padding.
START = CLASSES
PADDING = CLASSES + 1


def divergence(log_input, target):
    return (target * (paddle.log(target + 1e-10) - log_input)).sum() / target.shape[0]


def dml_loss(logits1, logits2):
    """Symmetric divergence, summed over positions and classes, mean over the batch."""
    first, second = F.softmax(logits1, axis=-1) + 1e-10, F.softmax(logits2, axis=-1) + 1e-10
    return (divergence(paddle.log(first), second) + divergence(paddle.log(second), first)) / 2


def ctc_loss(logits, labels, lengths):
    """`logits` have no softmax: Paddle's loss applies it."""
    batch, steps, _ = logits.shape
    input_lengths = paddle.full([batch], steps, dtype="int64")
    return F.ctc_loss(logits.transpose([1, 0, 2]), labels, input_lengths, lengths, blank=0, reduction="none").mean()


def sar_loss(logits, labels):
    """The last logits have no label: row i is the guess for label i + 1."""
    guesses = logits[:, :-1].reshape([-1, CLASSES + 1])
    return F.cross_entropy(guesses, labels[:, 1:].reshape([-1]), ignore_index=PADDING)


def all_losses(student, teacher, batch):
    """The weighted losses by name."""
    (features1, ctc1, sar1), (features2, ctc2, sar2) = student, teacher
    losses = {
        "dml_ctc": dml_loss(ctc1, ctc2),
        "dml_sar": 0.5 * dml_loss(sar1, sar2),
        "distance": F.mse_loss(features1, features2),
    }
    for name, ctc, sar in (("student", ctc1, sar1), ("teacher", ctc2, sar2)):
        losses[f"ctc_{name}"] = ctc_loss(ctc, batch["ctc"], batch["lengths"])
        losses[f"sar_{name}"] = sar_loss(sar, batch["sar"])
    return losses


def random_batch(random):
    lengths = random.integers(SHORTEST, LONGEST + 1, BATCH)
    ctc = np.zeros([BATCH, TEXT_LENGTH], "int32")
    sar = np.full([BATCH, TEXT_LENGTH], PADDING, "int64")
    sar[:, 0] = START
    for row, length in enumerate(lengths):
        text = random.integers(0, CLASSES - 1, length)
        ctc[row, :length] = text + 1
        sar[row, 1 : length + 1] = text
        sar[row, length + 1] = START
    images = random.uniform(-1, 1, [BATCH, 3, HEIGHT, WIDTH]).astype("float32")
    arrays = {"images": images, "ctc": ctc, "sar": sar, "lengths": lengths.astype("int64")}
    return {name: paddle.to_tensor(array) for name, array in arrays.items()}


def train_step(networks, optimizer, batch):
    """Trains on the batch and gives its losses as numbers."""
    student, teacher = (network(batch["images"], batch["sar"]) for network in networks)
    losses = all_losses(student, teacher, batch)
    sum(losses.values()).backward()
    optimizer.step()
    optimizer.clear_grad()
    return {name: float(loss) for name, loss in losses.items()}


def timed_step(networks, optimizer, random):
    batch = random_batch(random)
    begun = time.perf_counter()
    losses = train_step(networks, optimizer, batch)
    seconds = time.perf_counter() - begun
    for name, loss in losses.items():
        if not math.isfinite(loss):
            raise ValueError(f"loss {name}: expected a finite number, found {loss}")
    return seconds


def make_training(learning_rate=5e-4):
    paddle.set_device("cpu")
    paddle.seed(1)
    networks = nn.LayerList([Network(CLASSES), Network(CLASSES)])
    parameters = networks.parameters()
    return networks, paddle.optimizer.Adam(learning_rate, parameters=parameters)


def main():
    networks, optimizer = make_training()
    random = np.random.default_rng(1)
    timed_step(networks, optimizer, random)
    step = statistics.median(timed_step(networks, optimizer, random) for _ in range(STEPS))
    count = sum(parameter.size for parameter in networks.parameters() if not parameter.stop_gradient)
    print(f"params {count} batch {BATCH} threads {THREADS} step {step:.3f}s {BATCH / step:.2f} samples/s")


if __name__ == "__main__":
    main()
