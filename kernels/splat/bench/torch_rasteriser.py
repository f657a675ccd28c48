"""The same picture, and its gradient by autograd, in PyTorch on the CPU.

Projection, tile lists and blending are as gsplat documents them, tile by tile. Reads one JSON line a request on
standard input, {"path": FILE, "threads": N} with f32 numbers in FILE (see torch-rasteriser.ts) the first time, {} after
it; answers with {"forward": ms, "backward": ms} and, the first time, writes the picture to FILE.out.
"""
import json
import sys
import time

import numpy as np
import torch

TILE = 16


def load(path):
    numbers = np.fromfile(path, dtype=np.float32)
    count, width, height = (int(v) for v in numbers[:3])
    focal, cx, cy = (float(v) for v in numbers[3:6])
    at = 6
    groups = []
    for size in (3, 4, 3, 1, 3):
        groups.append(torch.from_numpy(numbers[at:at + size * count].reshape(count, size).copy()))
        at += size * count
    return groups, width, height, focal, cx, cy


def project(means, quats, log_scales, logits, focal, cx, cy):
    w, x, y, z = torch.nn.functional.normalize(quats, dim=1).unbind(1)
    rotation = torch.stack([
        1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y),
        2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
        2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y),
    ], dim=1).reshape(-1, 3, 3)
    m = rotation * log_scales.exp()[:, None, :]
    px, py, pz = means.unbind(1)
    zero = torch.zeros_like(px)
    rows = [focal / pz, zero, -focal * px / pz ** 2, zero, focal / pz, -focal * py / pz ** 2]
    jacobian = torch.stack(rows, dim=1).reshape(-1, 2, 3)
    b = jacobian @ m
    covariance = b @ b.transpose(1, 2) + 0.3 * torch.eye(2)
    centres = torch.stack([focal * px / pz + cx, focal * py / pz + cy], dim=1)
    return centres, covariance, torch.sigmoid(logits[:, 0])


def render(groups, width, height, focal, cx, cy):
    means, quats, log_scales, logits, colours = groups
    centres, covariance, opacity = project(means, quats, log_scales, logits, focal, cx, cy)
    conic = torch.inverse(covariance)
    with torch.no_grad():
        radius = torch.ceil(3 * torch.sqrt(torch.linalg.eigvalsh(covariance)[:, 1]))
        low = torch.floor((centres - radius[:, None]) / TILE).int()
        high = torch.floor((centres + radius[:, None]) / TILE).int()
        order = torch.argsort(means[:, 2], stable=True)
        lists = {}
        tiles_x, tiles_y = -(-width // TILE), -(-height // TILE)
        bounds = torch.cat([low, high], dim=1)[order].tolist()
        for g, (x0, y0, x1, y1) in zip(order.tolist(), bounds):
            for ty in range(max(0, y0), min(tiles_y - 1, y1) + 1):
                for tx in range(max(0, x0), min(tiles_x - 1, x1) + 1):
                    lists.setdefault((tx, ty), []).append(g)
    picture = torch.ones(tiles_y * TILE, tiles_x * TILE, 3)
    grid = torch.meshgrid(torch.arange(TILE), torch.arange(TILE), indexing='xy')
    offsets = torch.stack(grid, dim=-1).reshape(-1, 2) + 0.5
    parts = []
    for (tx, ty), members in lists.items():
        index = torch.tensor(members)
        d = offsets[None] + torch.tensor([tx * TILE, ty * TILE]) - centres[index][:, None]
        k = conic[index]
        squares = k[:, 0, 0, None] * d[..., 0] ** 2 + k[:, 1, 1, None] * d[..., 1] ** 2
        sigma = 0.5 * squares + k[:, 0, 1, None] * d[..., 0] * d[..., 1]
        alpha = torch.clamp_max(opacity[index][:, None] * torch.exp(-sigma), 0.99)
        alpha = torch.where(alpha < 1 / 255, torch.zeros_like(alpha), alpha)
        after = torch.cumprod(1 - alpha, dim=0)
        before = torch.cat([torch.ones_like(after[:1]), after[:-1]])
        weight = torch.where(after < 1e-4, torch.zeros_like(alpha), before * alpha)
        parts.append(((tx, ty), weight.T @ colours[index] + (1 - weight.sum(0))[:, None]))
    for (tx, ty), part in parts:
        picture[ty * TILE:(ty + 1) * TILE, tx * TILE:(tx + 1) * TILE] = part.reshape(TILE, TILE, 3)
    return picture[:height, :width]


scene = None
for line in sys.stdin:
    request = json.loads(line)
    first = 'path' in request
    if first:
        torch.set_num_threads(request['threads'])
        scene = load(request['path'])
    groups = [values.clone().requires_grad_() for values in scene[0]]
    start = time.perf_counter()
    image = render(groups, *scene[1:])
    forward = time.perf_counter() - start
    start = time.perf_counter()
    (image * 0.5).sum().backward()
    backward = time.perf_counter() - start
    if first:
        image.detach().numpy().astype(np.float32).tofile(request['path'] + '.out')
    print(json.dumps({'forward': forward * 1000, 'backward': backward * 1000}), flush=True)
