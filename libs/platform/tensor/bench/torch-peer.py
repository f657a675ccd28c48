"""The networks of networks.ts in PyTorch.

Reads `<case> <forward|step>` lines, writes milliseconds of wall clock and of processor time. argv: threads.
"""
import math
import sys
import time

import torch
import torch.nn.functional as F

torch.set_num_threads(int(sys.argv[1]))
torch.manual_seed(0)


def matrix(*shape):
    return (torch.randn(*shape) * 0.02).requires_grad_()


def dense(inputs, outputs):
    return matrix(inputs, outputs), torch.zeros(outputs, requires_grad=True)


def attention(qkv, heads, mask=None):
    batch, frames, width = qkv.shape[0], qkv.shape[1], qkv.shape[2] // 3
    q, k, v = qkv.reshape(batch, frames, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
    scores = q @ k.transpose(-1, -2) / math.sqrt(width // heads)
    if mask is not None:
        scores = scores + mask
    return (torch.softmax(scores, -1) @ v).transpose(1, 2).reshape(batch, frames, width)


def transformer(layers, width, clips, heads):
    frames = 125
    norm = lambda: (torch.ones(width, requires_grad=True), torch.zeros(width, requires_grad=True))
    blocks = [
        dict(
            n1=norm(),
            n2=norm(),
            qkv=dense(width, 3 * width),
            out=dense(width, width),
            up=dense(width, 4 * width),
            down=dense(4 * width, width),
        )
        for _ in range(layers)
    ]
    x, y = torch.randn(clips, frames, width), torch.randn(clips, frames, width)

    def forward():
        h = x
        for p in blocks:
            n = F.layer_norm(h, (width,), *p["n1"])
            h = h + attention(n @ p["qkv"][0] + p["qkv"][1], heads) @ p["out"][0] + p["out"][1]
            n = F.layer_norm(h, (width,), *p["n2"])
            h = h + F.gelu(n @ p["up"][0] + p["up"][1]) @ p["down"][0] + p["down"][1]
        return h
    return [w for p in blocks for pair in p.values() for w in pair], forward, y


def dit():
    batch, frames, latent, audio, width, layers, heads, reach = 6, 125, 192, 344, 128, 4, 4, 16
    names = dict(
        input=dense(latent + audio, width),
        t1=dense(64, width),
        t2=dense(width, width),
        output=dense(width, latent),
        d1=dense(audio, width),
        d2=dense(width, latent),
    )
    gain, bias = torch.ones(width, requires_grad=True), torch.zeros(width, requires_grad=True)
    blocks = [
        dict(
            mod=dense(width, 6 * width),
            qkv=dense(width, 3 * width),
            out=dense(width, width),
            up=dense(width, 4 * width),
            down=dense(4 * width, width),
        )
        for _ in range(layers)
    ]
    x, heard = torch.randn(batch, frames, latent), torch.randn(batch, frames, audio)
    tau, y = torch.rand(batch), torch.randn(batch, frames, latent)
    at = torch.arange(frames)
    mask = torch.where((at[:, None] - at[None]).abs() <= reach, 0.0, -1e9)
    frequencies = 10000 ** (-torch.arange(32) / 32)

    def linear(value, pair):
        return value @ pair[0] + pair[1]

    def forward():
        angles = tau[:, None] * frequencies
        waves = torch.cat([torch.cos(angles), torch.sin(angles)], -1)
        condition = linear(F.silu(linear(waves, names["t1"])), names["t2"])
        h = linear(torch.cat([x, heard], -1), names["input"])
        for p in blocks:
            s1, b1, g1, s2, b2, g2 = linear(F.silu(condition), p["mod"])[:, None].chunk(6, -1)
            n = F.layer_norm(h, (width,)) * (1 + s1) + b1
            h = h + linear(attention(linear(n, p["qkv"]), heads, mask), p["out"]) * g1
            n = F.layer_norm(h, (width,)) * (1 + s2) + b2
            h = h + linear(F.gelu(linear(n, p["up"])), p["down"]) * g2
        direct = linear(F.gelu(linear(heard, names["d1"])), names["d2"])
        return linear(F.layer_norm(h, (width,), gain, bias), names["output"]) + direct
    weights = [w for pair in names.values() for w in pair] + [gain, bias]
    weights += [w for p in blocks for pair in p.values() for w in pair]
    return weights, forward, y


def field():
    count, features, space, steps, scales = 4000, 16, 16, 32, [1, 2, 4]
    size = lambda axis, scale: steps if axis == 3 else space * scale
    planes = [
        (a, b, torch.rand(1, features, size(a, s), size(b, s), requires_grad=True))
        for s in scales
        for a, b in [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]
    ]
    up, down = dense(48, 64), dense(64, 3)
    at, y = torch.rand(count, 4), torch.randn(count, 3)

    def forward():
        out = []
        for s in range(len(scales)):
            product = 1
            for a, b, plane in planes[6 * s:6 * s + 6]:
                grid = (at[:, [b, a]] * 2 - 1).reshape(1, count, 1, 2)
                product = product * F.grid_sample(plane, grid, align_corners=True, padding_mode="border")[0, :, :, 0].T
            out.append(product)
        return F.gelu(torch.cat(out, 1) @ up[0] + up[1]) @ down[0] + down[1]
    return [plane for _, _, plane in planes] + [*up, *down], forward, y


makers = dict(a=lambda: transformer(4, 128, 8, 4), b=lambda: transformer(8, 512, 4, 8), c=dit, d=field)
made = {}
product = torch.randn(1024, 1024), torch.randn(1024, 1024)
print(torch.__version__, flush=True)
for line in sys.stdin:
    case, what = line.split()
    if case not in made and case != "gemm":
        weights, forward, y = makers[case]()
        made[case] = weights, forward, y, torch.optim.AdamW(weights, 1e-4)
    start, busy = time.perf_counter(), time.process_time()
    if case == "gemm":
        product[0] @ product[1]
    elif what == "forward":
        with torch.no_grad():
            made[case][1]()
    else:
        weights, forward, y, optimizer = made[case]
        loss = ((forward() - y) ** 2).mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
    print((time.perf_counter() - start) * 1e3, (time.process_time() - busy) * 1e3, flush=True)
