"""Writes optimizers.json: 20 steps of PyTorch's AdamW and SGD on a small network, in f32, all values from formulas.

Run: python3 optimizers.py > optimizers.json   (made with the PyTorch that the file names)
"""
import json
import math
import sys

import torch


def fill(shape, phase):
    count = math.prod(shape)
    return torch.tensor([math.sin(1.3 * i + phase) for i in range(count)], dtype=torch.float32).reshape(shape)


def run(create, options, clip, ema_decay):
    params = {"w1": fill((4, 6), 0.1), "b1": fill((6,), 0.7), "w2": fill((6, 3), 1.9)}
    for value in params.values():
        value.requires_grad_(True)
    optimizer = create(params.values())
    ema = {name: value.detach().clone() for name, value in params.items()}
    x, y = fill((5, 4), 0.3), fill((5, 3), 2.2)
    losses, norms = [], []
    for step in range(20):
        for group in optimizer.param_groups:
            group["lr"] = 0.02 * (1 - step / 40)
        optimizer.zero_grad()
        hidden = torch.tanh(x @ params["w1"] + params["b1"])
        loss = ((hidden @ params["w2"] - y) ** 2).mean()
        loss.backward()
        limit = clip if clip is not None else math.inf
        norms.append(float(torch.nn.utils.clip_grad_norm_(params.values(), limit)) if clip is not None
                     else float(torch.sqrt(sum((p.grad ** 2).sum() for p in params.values()))))
        optimizer.step()
        losses.append(float(loss))
        for name, value in params.items():
            ema[name] = ema[name] + (1 - ema_decay) * (value.detach() - ema[name])
    return {
        "options": {**options, "clipNorm": clip},
        "emaDecay": ema_decay,
        "losses": losses,
        "gradNorms": norms,
        "params": {name: value.detach().flatten().tolist() for name, value in params.items()},
        "ema": {name: value.flatten().tolist() for name, value in ema.items()},
    }


def adamw(betas, eps, weight_decay, clip, ema_decay):
    create = lambda params: torch.optim.AdamW(params, lr=1.0, betas=betas, eps=eps, weight_decay=weight_decay)
    return run(create, {"kind": "adamw", "betas": betas, "eps": eps, "weightDecay": weight_decay}, clip, ema_decay)


def sgd(momentum, nesterov, weight_decay, clip, ema_decay):
    settings = dict(momentum=momentum, nesterov=nesterov)
    create = lambda params: torch.optim.SGD(params, lr=1.0, weight_decay=weight_decay, **settings)
    return run(create, {"kind": "sgd", **settings, "weightDecay": weight_decay}, clip, ema_decay)


cases = [
    adamw((0.9, 0.999), 1e-8, 0.01, None, 0.9),
    adamw((0.8, 0.95), 1e-6, 0.1, 0.3, 0.99),
    adamw((0.9, 0.999), 1e-8, 0.0, 0.05, 0.5),
    sgd(0.0, False, 0.0, None, 0.9),
    sgd(0.9, False, 0.05, None, 0.9),
    sgd(0.8, True, 0.01, 0.3, 0.5),
]
json.dump({"generator": "optimizers.py", "torch": torch.__version__, "cases": cases}, sys.stdout, indent=1)
