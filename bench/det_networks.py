"""The networks of PP-OCRv3's detection CML, in PyTorch or in PaddlePaddle, to be timed.

`networks(framework)` returns a function that makes a Student (MobileNetV3 large at half width without squeeze and
excitation, RSEFPN, DB head) and one that makes a Teacher (ResNet50_vd, LKPAN, DB head). Both return maps [B, 3, H, W].
Layers and sizes are the reference's, so that parameters can be counted against `retort plan`.
"""

import importlib

# kernel, inner channels, output channels, stride
MOBILE_ROWS = [
    (3, 16, 16, 1),
    (3, 64, 24, 2),
    (3, 72, 24, 1),
    (5, 72, 40, 2),
    (5, 120, 40, 1),
    (5, 120, 40, 1),
    (3, 240, 80, 2),
    (3, 200, 80, 1),
    (3, 184, 80, 1),
    (3, 184, 80, 1),
    (3, 480, 112, 1),
    (3, 672, 112, 1),
    (5, 672, 160, 2),
    (5, 960, 160, 1),
    (5, 960, 160, 1),
]
HARD_SWISH_FROM = 6


def rounded(channels):
    result = max(8, int(channels + 4) // 8 * 8)
    return result + 8 if result < 0.9 * channels else result


def networks(framework):
    paddle = framework == "paddle"
    nn = importlib.import_module("paddle.nn" if paddle else "torch.nn")
    f = importlib.import_module("paddle.nn.functional" if paddle else "torch.nn.functional")
    lib = importlib.import_module(framework)
    Base = nn.Layer if paddle else nn.Module
    List = nn.LayerList if paddle else nn.ModuleList
    cat = lib.concat if paddle else lib.cat

    def conv(inputs, outputs, kernel, stride=1, groups=1, bias=False):
        size = dict(kernel_size=kernel, stride=stride, padding=kernel // 2, groups=groups)
        if paddle:
            return nn.Conv2D(inputs, outputs, bias_attr=None if bias else False, **size)
        return nn.Conv2d(inputs, outputs, bias=bias, **size)

    def norm(channels):
        return nn.BatchNorm2D(channels) if paddle else nn.BatchNorm2d(channels)

    def doubling(inputs, outputs):
        return (nn.Conv2DTranspose if paddle else nn.ConvTranspose2d)(inputs, outputs, 2, stride=2)

    def grown(x, factor):
        return f.interpolate(x, scale_factor=factor, mode="nearest")

    def conv_norm(inputs, outputs, kernel, stride=1, groups=1, act=None):
        layers = [conv(inputs, outputs, kernel, stride, groups), norm(outputs)]
        if act is not None:
            layers.append(act())
        return nn.Sequential(*layers)

    Relu = nn.ReLU
    HardSwish = nn.Hardswish

    class MobileBlock(Base):
        def __init__(self, inputs, inner, outputs, kernel, stride, act):
            super().__init__()
            self.layers = nn.Sequential(
                conv_norm(inputs, inner, 1, act=act),
                conv_norm(inner, inner, kernel, stride, inner, act),
                conv_norm(inner, outputs, 1),
            )
            self.residual = stride == 1 and inputs == outputs

        def forward(self, x):
            y = self.layers(x)
            return x + y if self.residual else y

    class Stages(Base):
        """Runs stages one after the other and returns what each gives."""

        def __init__(self, stages):
            super().__init__()
            self.stages = List([nn.Sequential(*layers) for layers in stages])

        def forward(self, x):
            maps = []
            for stage in self.stages:
                x = stage(x)
                maps.append(x)
            return maps

    def mobile_net(scale):
        inputs = rounded(16 * scale)
        stages, channels = [[conv_norm(3, inputs, 3, 2, act=HardSwish)]], []
        for i, (kernel, inner, outputs, stride) in enumerate(MOBILE_ROWS):
            if stride == 2 and i > 2:
                stages.append([])
                channels.append(inputs)
            act = Relu if i < HARD_SWISH_FROM else HardSwish
            outputs = rounded(outputs * scale)
            stages[-1].append(MobileBlock(inputs, rounded(inner * scale), outputs, kernel, stride, act))
            inputs = outputs
        last = rounded(960 * scale)
        stages[-1].append(conv_norm(inputs, last, 1, act=HardSwish))
        return Stages(stages), [*channels, last]

    class Bottleneck(Base):
        def __init__(self, inputs, channels, first, pooled):
            super().__init__()
            stride = 2 if pooled else 1
            self.layers = nn.Sequential(
                conv_norm(inputs, channels, 1, act=Relu),
                conv_norm(channels, channels, 3, stride, act=Relu),
                conv_norm(channels, 4 * channels, 1),
            )
            self.short = conv_norm(inputs, 4 * channels, 1) if first else None
            self.pooled = pooled

        def forward(self, x):
            short = f.avg_pool2d(x, 2, 2, ceil_mode=True) if self.pooled else x
            return f.relu(self.layers(x) + (short if self.short is None else self.short(short)))

    def res_net():
        pool = (nn.MaxPool2D if paddle else nn.MaxPool2d)(3, 2, 1)
        stem = [conv_norm(3, 32, 3, 2, act=Relu), conv_norm(32, 32, 3, act=Relu), conv_norm(32, 64, 3, act=Relu), pool]
        stages, inputs = [], 64
        for stage, depth in enumerate([3, 4, 6, 3]):
            channels = 64 * 2**stage
            blocks = []
            for i in range(depth):
                blocks.append(Bottleneck(inputs, channels, i == 0, i == 0 and stage > 0))
                inputs = 4 * channels
            stages.append([*stem, *blocks] if stage == 0 else blocks)
        return Stages(stages), [256, 512, 1024, 2048]

    def top_down(maps):
        sums = list(maps)
        for i in range(len(maps) - 2, -1, -1):
            sums[i] = maps[i] + grown(sums[i + 1], 2)
        return sums

    def joined(levels):
        return cat([grown(level, 2**i) if i > 0 else level for i, level in reversed(list(enumerate(levels)))], 1)

    class RseLayer(Base):
        def __init__(self, inputs, outputs, kernel):
            super().__init__()
            self.conv = conv(inputs, outputs, kernel)
            self.reduce = conv(outputs, outputs // 4, 1, bias=True)
            self.expand = conv(outputs // 4, outputs, 1, bias=True)

        def forward(self, x):
            x = self.conv(x)
            weight = self.expand(f.relu(self.reduce(f.adaptive_avg_pool2d(x, 1))))
            return x + x * lib.clip(weight * 0.2 + 0.5, 0.0, 1.0)

    class RseFpn(Base):
        def __init__(self, inputs, outputs):
            super().__init__()
            self.ins = List([RseLayer(channels, outputs, 1) for channels in inputs])
            self.inp = List([RseLayer(outputs, outputs // 4, 3) for _ in inputs])

        def forward(self, maps):
            inner = top_down([layer(x) for layer, x in zip(self.ins, maps)])
            return joined([layer(x) for layer, x in zip(self.inp, inner)])

    class LkPan(Base):
        def __init__(self, inputs, outputs):
            super().__init__()
            narrow = outputs // 4
            self.ins = List([conv(channels, outputs, 1) for channels in inputs])
            self.inp = List([conv(outputs, narrow, 9) for _ in inputs])
            self.heads = List([conv(narrow, narrow, 3, 2) for _ in inputs[1:]])
            self.lats = List([conv(narrow, narrow, 9) for _ in inputs])

        def forward(self, maps):
            inner = top_down([layer(x) for layer, x in zip(self.ins, maps)])
            sums = [layer(x) for layer, x in zip(self.inp, inner)]
            for i, head in enumerate(self.heads):
                sums[i + 1] = sums[i + 1] + head(sums[i])
            return joined([layer(x) for layer, x in zip(self.lats, sums)])

    class DbHead(Base):
        def __init__(self, inputs, kernel):
            super().__init__()
            inner = inputs // 4

            def branch():
                return nn.Sequential(
                    conv(inputs, inner, kernel),
                    norm(inner),
                    Relu(),
                    doubling(inner, inner),
                    norm(inner),
                    Relu(),
                    doubling(inner, 1),
                    nn.Sigmoid(),
                )

            self.shrink, self.threshold = branch(), branch()

        def forward(self, x):
            shrink, threshold = self.shrink(x), self.threshold(x)
            return cat([shrink, threshold, f.sigmoid(50 * (shrink - threshold))], 1)

    class Network(Base):
        def __init__(self, backbone, neck, head):
            super().__init__()
            self.backbone, self.neck, self.head = backbone, neck, head

        def forward(self, x):
            return self.head(self.neck(self.backbone(x)))

    def student():
        backbone, channels = mobile_net(0.5)
        return Network(backbone, RseFpn(channels, 96), DbHead(96, 3))

    def teacher():
        backbone, channels = res_net()
        return Network(backbone, LkPan(channels, 256), DbHead(256, 7))

    return student, teacher
