"""What the export scripts share: weights from a published file, and an ONNX file that says which weights it holds.

Nothing is fetched. Needs PyTorch (tried with 1.13) and the Python package onnx; a comparison at the end also wants
onnxruntime, and is left out, with a word, where that is missing.
"""
import argparse
import hashlib
import math
import pathlib
import re

import numpy as np
import torch

OPSET = 13


def arguments(about, *files, also=()):
    """The command line of an export: one option for each published file, or --random SEED to try the script."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, text in files:
        parser.add_argument(f"--{name}", type=pathlib.Path, help=text)
    parser.add_argument("--random", type=int, metavar="SEED", help="random weights, to try this script; no figure of "
                        "a published name is given with them")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="the folder of the model, as doctor names it")
    for name, kind, default, text in also:
        parser.add_argument(f"--{name}", type=kind, default=default, help=text)
    given = parser.parse_args()
    missing = [name for name, _ in files if getattr(given, name) is None]
    if given.random is None and missing:
        parser.error(f"expected --{missing[0]} FILE, got none; give the published file, or --random SEED to try this")
    given.out.mkdir(parents=True, exist_ok=True)
    return given


def digest_of(*paths):
    """sha256 of one file; of several, that of their digests."""
    sums = [hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest() for path in paths]
    return f"sha256:{sums[0] if len(sums) == 1 else hashlib.sha256(' '.join(sums).encode()).hexdigest()}"


def prove_named_digest(path):
    """PyTorch's makers end the name of a file in the first digits of its sha256."""
    ending = re.search(r"-([0-9a-f]{8})$", pathlib.Path(path).stem)
    if ending and not digest_of(path).startswith(f"sha256:{ending[1]}"):
        raise SystemExit(f"{path}: expected a file whose sha256 begins with {ending[1]}, got {digest_of(path)}; "
                         "download it again")


def uniform(count, seed, low, high):
    """f32 [count] in low … high, of whole-number arithmetic on the index: the same in every language."""
    x = (np.arange(count, dtype=np.uint64) + np.uint64(seed)) * np.uint64(0x9E3779B9) % np.uint64(2**32)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        x = ((x ^ (x >> np.uint64(shift))) * np.uint64(factor)) % np.uint64(2**32)
    x ^= x >> np.uint64(16)
    return (low + (high - low) * (x.astype(np.float64) / 2**32)).astype(np.float32)


def range_of(name, shape, gain=1):
    """What random weights of a tensor lie between: activations keep their size through convolutions and ReLU."""
    if name.endswith("running_var") or (len(shape) == 1 and name.endswith("weight")):
        return 0.8, 1.2
    if len(shape) <= 1:
        return -0.1, 0.1
    bound = gain * math.sqrt(6 / math.prod(shape[1:]))
    return -bound, bound


def fill_random(model, seed):
    """Every tensor of a model by `uniform`, each with a seed of its own: seed * 1000 + its place.

    `model.gains` says which layers are weaker, e.g. a first one whose input is 0 … 255.
    """
    gains = getattr(model, "gains", {})
    state = {name: value for name, value in model.state_dict().items() if value.is_floating_point()}
    with torch.no_grad():
        for place, (name, value) in enumerate(state.items()):
            low, high = range_of(name, value.shape, gains.get(name, 1))
            drawn = uniform(value.numel(), seed * 1000 + place, low, high)
            value.copy_(torch.from_numpy(drawn).reshape(value.shape))
    return model


def load(model, paths, random, read=None):
    """The model with its weights, for inference, and the word that says which they are."""
    if random is not None:
        return fill_random(model, random).eval(), f"random:{random}"
    for path in paths:
        prove_named_digest(path)
    states = [torch.load(path, map_location="cpu") for path in paths]
    model.load_state_dict(read(*states) if read else states[0])
    return model.eval(), digest_of(*paths)


def export(call, inputs, path, *, names, outputs, free, network, weights):
    """Writes an ONNX file with `soliloquy.network` and `soliloquy.weights` in its metadata, and compares it."""
    import onnx

    axes = {name: {axis: f"{name}{axis}" for axis in axes} for name, axes in free.items()}
    with torch.no_grad():
        torch.onnx.export(call, inputs, str(path), input_names=names, output_names=outputs, dynamic_axes=axes,
                          opset_version=OPSET, training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)
    model = onnx.load(str(path))
    onnx.helper.set_model_props(model, {"soliloquy.network": network, "soliloquy.weights": weights})
    onnx.save(model, str(path))
    print(f"{path}: {network}, weights {weights}")
    compare(call, inputs, path, names)


def compare(call, inputs, path, names):
    try:
        import onnxruntime
    except ImportError:
        print("  not compared with PyTorch: the Python package onnxruntime is not installed")
        return
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    got = session.run(None, {name: value.numpy() for name, value in zip(names, inputs)})[0]
    with torch.no_grad():
        wanted = call(*inputs).numpy()
    print(f"  largest difference to PyTorch {np.abs(got - wanted).max():.3g} of {np.abs(wanted).max():.3g}")


class Call(torch.nn.Module):
    """A method of a module as a module, which is what torch.onnx.export takes."""

    def __init__(self, module, method):
        super().__init__()
        self.module = module
        self.method = method

    def forward(self, *inputs):
        return getattr(self.module, self.method)(*inputs)
