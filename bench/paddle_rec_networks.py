"""The networks of PP-OCRv3's recognition distillation in PaddlePaddle, laid out as PaddleOCR's.

`paddle-rec-step.py` times them. Import this after the number of threads has been set in the environment.
"""

import math

import paddle
import paddle.nn.functional as F
from paddle import ParamAttr, nn
from paddle.nn.initializer import KaimingNormal, KaimingUniform, Uniform

CHANNELS = 512
NECK_CHANNELS = 64
HIDDEN = 120
SAR_WIDTH = 512
# in, out, kernel, stride, squeeze and excitation
BLOCKS = [
    (16, 32, 3, 1, False),
    (32, 64, 3, 1, False),
    (64, 64, 3, 1, False),
    (64, 128, 3, (2, 1), False),
    (128, 128, 3, 1, False),
    (128, 256, 3, (2, 1), False),
    *[(256, 256, 5, 1, False)] * 5,
    (256, 512, 5, (2, 1), True),
    (512, CHANNELS, 5, (1, 2), True),
]


class BackboneConv(nn.Sequential):
    """Convolution, batch norm, hard-swish."""

    def __init__(self, inputs, outputs, kernel, stride=1, groups=1):
        padding = kernel // 2
        attr = ParamAttr(initializer=KaimingNormal())
        super().__init__(
            nn.Conv2D(inputs, outputs, kernel, stride, padding, groups=groups, weight_attr=attr, bias_attr=False),
            nn.BatchNorm2D(outputs),
            nn.Hardswish(),
        )


class SqueezeExcite(nn.Layer):
    def __init__(self, channels):
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2D(1)
        self.reduce = nn.Conv2D(channels, channels // 4, 1)
        self.expand = nn.Conv2D(channels // 4, channels, 1)

    def forward(self, x):
        return x * F.hardsigmoid(self.expand(F.relu(self.reduce(self.pool(x)))))


def backbone():
    """MobileNetV1Enhance, scale 0.5: [B, 3, 48, W] to [B, 512, 1, W / 8]."""
    layers = [BackboneConv(3, BLOCKS[0][0], 3, stride=2)]
    for inputs, outputs, kernel, stride, excited in BLOCKS:
        layers.append(BackboneConv(inputs, inputs, kernel, stride, groups=inputs))
        if excited:
            layers.append(SqueezeExcite(inputs))
        layers.append(BackboneConv(inputs, outputs, 1))
    return nn.Sequential(*layers, nn.AvgPool2D(2))


class NeckConv(nn.Sequential):
    """Convolution, batch norm, swish."""

    def __init__(self, inputs, outputs, kernel):
        attr = ParamAttr(initializer=KaimingUniform())
        super().__init__(
            nn.Conv2D(inputs, outputs, kernel, padding=kernel // 2, weight_attr=attr, bias_attr=False),
            nn.BatchNorm2D(outputs),
            nn.Swish(),
        )


class Attention(nn.Layer):
    """Global self-attention of SVTR: [B, N, HIDDEN] to the same."""

    heads = 8

    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(HIDDEN, 3 * HIDDEN)
        self.weights_dropout = nn.Dropout(0.1)
        self.projection = nn.Linear(HIDDEN, HIDDEN)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x):
        width = HIDDEN // self.heads
        qkv = self.qkv(x).reshape([0, -1, 3, self.heads, width]).transpose([2, 0, 3, 1, 4])
        query, key, value = qkv[0] * width**-0.5, qkv[1], qkv[2]
        weights = self.weights_dropout(F.softmax(query.matmul(key.transpose([0, 1, 3, 2])), axis=-1))
        mixed = weights.matmul(value).transpose([0, 2, 1, 3]).reshape([0, -1, HIDDEN])
        return self.dropout(self.projection(mixed))


class Block(nn.Layer):
    def __init__(self):
        super().__init__()
        self.norm1 = nn.LayerNorm(HIDDEN)
        self.mixer = Attention()
        self.norm2 = nn.LayerNorm(HIDDEN)
        into, out_of = nn.Linear(HIDDEN, 2 * HIDDEN), nn.Linear(2 * HIDDEN, HIDDEN)
        self.mlp = nn.Sequential(into, nn.Swish(), nn.Dropout(0.1), out_of, nn.Dropout(0.1))

    def forward(self, x):
        x = x + self.mixer(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Neck(nn.Layer):
    """SVTR with `use_guide`, which keeps its gradient from the backbone: [B, 512, 1, T] to [B, T, 64]."""

    def __init__(self):
        super().__init__()
        self.enter = nn.Sequential(NeckConv(CHANNELS, CHANNELS // 8, 3), NeckConv(CHANNELS // 8, HIDDEN, 1))
        self.blocks = nn.Sequential(Block(), Block(), nn.LayerNorm(HIDDEN, epsilon=1e-6))
        self.back = NeckConv(HIDDEN, CHANNELS, 1)
        self.leave = nn.Sequential(NeckConv(2 * CHANNELS, CHANNELS // 8, 3), NeckConv(CHANNELS // 8, NECK_CHANNELS, 1))

    def forward(self, features):
        guide = features.detach()
        x = self.enter(guide)
        batch, channels, height, width = x.shape
        x = self.blocks(x.flatten(2).transpose([0, 2, 1]))
        x = self.back(x.reshape([batch, height, width, channels]).transpose([0, 3, 1, 2]))
        return self.leave(paddle.concat([guide, x], axis=1)).squeeze(2).transpose([0, 2, 1])


def ctc_layer(classes):
    bound = 1 / math.sqrt(NECK_CHANNELS)
    weight, bias = (ParamAttr(initializer=Uniform(-bound, bound)) for _ in range(2))
    return nn.Linear(NECK_CHANNELS, classes, weight_attr=weight, bias_attr=bias)


class SarEncoder(nn.Layer):
    """The map in one vector: [B, 512, H, T] to [B, 512]."""

    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(CHANNELS, SAR_WIDTH, num_layers=2, dropout=0.1)
        self.linear = nn.Linear(SAR_WIDTH, SAR_WIDTH)

    def forward(self, features):
        pooled = F.max_pool2d(features, kernel_size=(features.shape[2], 1), stride=1).squeeze(2)
        return self.linear(self.rnn(pooled.transpose([0, 2, 1]))[0][:, -1])


class SarDecoder(nn.Layer):
    """Logits [B, L, classes + 1] for the true characters [B, L], which it is fed; `classes` are CTC's."""

    def __init__(self, classes):
        super().__init__()
        self.embedding = nn.Embedding(classes + 2, SAR_WIDTH, padding_idx=classes + 1)
        self.rnn = nn.LSTM(SAR_WIDTH, SAR_WIDTH, num_layers=2)
        self.query = nn.Linear(SAR_WIDTH, SAR_WIDTH)
        self.key = nn.Conv2D(CHANNELS, SAR_WIDTH, 3, padding=1)
        self.score = nn.Linear(SAR_WIDTH, 1)
        self.prediction = nn.Linear(2 * SAR_WIDTH + CHANNELS, classes + 1)
        self.dropout = nn.Dropout(0.1)

    def forward(self, features, holistic, labels):
        first = holistic.unsqueeze(1)
        states = self.rnn(paddle.concat([first, self.embedding(labels)], axis=1))[0]
        seen = [states, self.glimpse(features, states), first.expand(states.shape)]
        return self.dropout(self.prediction(paddle.concat(seen, axis=2)))[:, 1:]

    def glimpse(self, features, states):
        """Additive attention over the map: [B, 512, H, W] and [B, L, 512] to [B, L, 512], as PaddleOCR's, unfused."""
        sums = self.query(states).unsqueeze([3, 4]) + self.key(features).unsqueeze(1)
        scores = self.score(paddle.tanh(sums).transpose([0, 1, 3, 4, 2]))
        batch, length, height, width, _ = scores.shape
        weights = F.softmax(scores.reshape([batch, length, -1]), axis=-1)
        return (features.unsqueeze(1) * weights.reshape([batch, length, 1, height, width])).sum(axis=[3, 4])


class Network(nn.Layer):
    """Gives the feature map, CTC logits [B, T, classes] and SAR logits [B, L, classes + 1]."""

    def __init__(self, classes):
        super().__init__()
        self.backbone = backbone()
        self.neck = Neck()
        self.ctc = ctc_layer(classes)
        self.encoder = SarEncoder()
        self.decoder = SarDecoder(classes)

    def forward(self, images, sar_labels):
        features = self.backbone(images)
        ctc = self.ctc(self.neck(features))
        sar = self.decoder(features, self.encoder(features), sar_labels)
        return features, ctc, sar
