"""A score program in PyTorch: an audio-driven video diffusion model as a teacher of score distillation.

    python score_server.py TEACHER.py [ARGUMENT ...]

It speaks the protocol of `video-diffusion`, backbone `command`, operation `score` (README.md beside this file) on
standard input and output. TEACHER.py is yours, and lies in the environment of the model; it defines

    def load(arguments: list[str]) -> Teacher

where a Teacher is an object with

    name        str
    frames      int, the longest window that it scores, 4n + 1
    size        (height, width) of its films, pixels
    fps         float, or None where it takes any rate
    shift       float, s of sigma' = s sigma / (1 + (s - 1) sigma); 5 for OmniAvatar and Wan at 720p, 3 at 480p
    device      torch.device
    encode(pixels f32 [1, 3, F, H, W] in -1 ... 1) -> z, differentiable
    condition(picture u8 [h, w, 3], samples f32 [n], rate, prompt) -> anything; it is kept
    velocity(z_sigma, sigma, condition, guidance, window) -> v, of the shape of z; window is (first frame, frames, fps)

What is done is flow matching: x_sigma = (1 - sigma) x_0 + sigma e, v = e - x_0, so that the clean latent is
z_0 = z_sigma - sigma v, and the gradient of the latent is (z - z_0) / numel, pulled back through the encoder and the
adjoint of the enlargement by autograd. No code of any model is here.
"""
import importlib.util
import json
import os
import struct
import sys
from collections import OrderedDict

import torch
import torch.nn.functional as F

PROTOCOL = "soliloquy-score/1"
TYPES = {"F32": torch.float32, "F16": torch.float16, "U8": torch.uint8}
NAMES = {dtype: name for name, dtype in TYPES.items()}
CONDITIONS = 64  # that are kept
# Its licence forbids that anything is trained on what it makes.
FORBIDDEN = ("hunyuanvideo-avatar", "hunyuan-video-avatar")


class Refused(Exception):
    """What is asked cannot be answered; the program goes on."""


def decode(message):
    """A safetensors file -> (tensors by name, metadata)."""
    (length,) = struct.unpack("<Q", message[:8])
    header = json.loads(message[8:8 + length])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        values = torch.frombuffer(bytearray(message[begin:end]), dtype=TYPES[entry["dtype"]])
        tensors[name] = values.reshape(entry["shape"])
    return tensors, metadata


def encode(tensors, metadata):
    """(tensors by name, metadata) -> a safetensors file."""
    header, blocks, at = {"__metadata__": metadata}, [], 0
    for name, tensor in sorted(tensors.items()):
        block = tensor.contiguous().cpu().numpy().tobytes()
        offsets = [at, at + len(block)]
        header[name] = {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": offsets}
        blocks.append(block)
        at += len(block)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    return b"".join([struct.pack("<Q", len(text)), text, *blocks])


def enlarge(pixels, size):
    """f32 [F, 3, h, w] brought whole into (H, W): bilinear, what is beside it repeats its edge. Linear in pixels."""
    height, width = size
    scale = min(height / pixels.shape[2], width / pixels.shape[3])
    inner = (min(height, round(pixels.shape[2] * scale)), min(width, round(pixels.shape[3] * scale)))
    large = F.interpolate(pixels, inner, mode="bilinear", align_corners=False)
    top, left = (height - inner[0]) // 2, (width - inner[1]) // 2
    rows = torch.arange(-top, height - top).clamp(0, inner[0] - 1)
    columns = torch.arange(-left, width - left).clamp(0, inner[1] - 1)
    return large[:, :, rows][:, :, :, columns]


def window_of(frames, most, seed):
    """(first, count) of a random window of 4n + 1 frames, as long as may be."""
    count = min(most, frames)
    count -= (count - 1) % 4
    draw = torch.Generator().manual_seed(seed)
    first = int(torch.randint(0, frames - count + 1, (1,), generator=draw))
    return first, count


class Server:
    def __init__(self, teacher):
        self.teacher = teacher
        self.known = {}
        self.conditions = OrderedDict()

    def answer(self, tensors, said):
        kind = said.get("kind")
        if kind == "know":
            self.known[said["digest"]] = (tensors, said)
            return {}, {"kind": "known"}
        if kind != "score":
            raise Refused(f"expected a message of kind know or score, got {kind}")
        unknown = [said[what] for what in ("picture", "voice", "prompt") if said[what] not in self.known]
        if unknown:
            return {}, {"kind": "unknown", "digests": json.dumps(unknown)}
        return self.score(tensors["pixels"].to(torch.float32), said)

    def condition(self, said):
        """What the model is told: made once of a picture, a voice and a prompt."""
        key = (said["picture"], said["voice"], said["prompt"])
        if key not in self.conditions:
            (picture, _), (voice, heard), (_, prompt) = (self.known[digest] for digest in key)
            with torch.no_grad():
                self.conditions[key] = self.teacher.condition(
                    picture["picture"], voice["samples"], int(float(heard["rate"])), prompt["text"])
            if len(self.conditions) > CONDITIONS:
                self.conditions.popitem(last=False)
        self.conditions.move_to_end(key)
        return self.conditions[key]

    def score(self, film, said):
        teacher, seed, fps = self.teacher, int(said["seed"]), float(said["fps"])
        if teacher.fps is not None and abs(teacher.fps / fps - 1) > 0.01:
            raise Refused(f"{teacher.name} knows films of {teacher.fps} frames a second, got {fps}")
        first, count = window_of(len(film), teacher.frames, seed)
        pixels = film[first:first + count].permute(0, 3, 1, 2).to(teacher.device).requires_grad_()
        large = enlarge(pixels, teacher.size)
        z = teacher.encode((2 * large - 1).permute(1, 0, 2, 3)[None])
        share = min(max(float(said["noise"]), 0.0), 0.999)
        sigma = teacher.shift * share / (1 + (teacher.shift - 1) * share)
        noise = torch.randn(z.shape, generator=torch.Generator().manual_seed(seed)).to(z)
        with torch.no_grad():
            noisy = (1 - sigma) * z + sigma * noise
            velocity = teacher.velocity(
                noisy, sigma, self.condition(said), float(said["guidance"]), (first, count, fps))
            error = z - (noisy - sigma * velocity)
        z.backward(error / z.numel())
        gradient = torch.zeros_like(film)
        gradient[first:first + count] = pixels.grad.permute(0, 2, 3, 1).cpu()
        return {"gradient": gradient}, {"kind": "scored", "distance": repr(float((error ** 2).mean()))}


def read(stream, count):
    """So many bytes; None where the stream ends."""
    parts = []
    while count > 0:
        part = stream.read(count)
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def serve(teacher):
    # What libraries print goes where it is no answer.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def say(tensors, metadata):
        message = encode(tensors, metadata)
        out.write(struct.pack("<Q", len(message)) + message)
        out.flush()

    server = Server(teacher)
    say({}, {"kind": "hello", "protocol": PROTOCOL, "name": teacher.name})
    while (head := read(sys.stdin.buffer, 8)) is not None:
        message = read(sys.stdin.buffer, struct.unpack("<Q", head)[0])
        if message is None:
            return
        try:
            say(*server.answer(*decode(message)))
        except Refused as refusal:
            say({}, {"kind": "refused", "message": str(refusal)})


def load(path, arguments):
    spec = importlib.util.spec_from_file_location("teacher", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    teacher = module.load(arguments)
    if any(name in teacher.name.lower() for name in FORBIDDEN):
        sys.exit(f"{teacher.name}: its licence forbids to train on what it makes; choose another teacher")
    if (teacher.frames - 1) % 4 != 0:
        sys.exit(f"{teacher.name}.frames: expected 4n + 1, got {teacher.frames}")
    return teacher


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: score_server.py TEACHER.py [ARGUMENT ...]")
    serve(load(sys.argv[1], sys.argv[2:]))
