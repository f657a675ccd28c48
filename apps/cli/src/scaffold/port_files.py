"""Soliloquy's port types as files: reading and writing with the standard library and numpy alone (films: ffmpeg).

Arrays are numpy: f32 where a type says floats, u8 where it says bytes. One folder holds one value. `sample(type)` is a
small valid value of each type, for tests. Written by `soliloquy new backbone --python`; yours to change.

    image        u8 [H, W, 4] sRGB, alpha is the matte
    audio        {"sampleRate": Hz, "samples": f32 [N]} mono
    video        {"fps", "frames": u8 [F, H, W, 3], "matte": u8 [F, H, W] or None, "audio": audio or None}
    text         str
    file         {"name": str, "bytes": bytes}
    report       {"html": str}
    avatar       bytes: the archive as `avatar-export` made it, from version 1 on
    gaussians, deformation, tracks, motion, flow-clip
                 {"tensors": {name: array}, "metadata": {name: str}}
    model<kind>  {"card": {"kind": …, "card": {…}}, "files": {name: bytes}}; MODELS of the program says what a kind
                 holds: its files by name, networks as ONNX, tensors as `pack_safetensors` gives them
    all others   what JSON holds
"""

import json
import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import numpy as np

TENSORS = ("gaussians", "deformation", "tracks", "motion", "flow-clip")


def read(kind, folder):
    """The value of type `kind` that lies in `folder`; None where there is none."""
    folder = Path(folder)
    if not folder.is_dir() or not any(folder.iterdir()):
        return None
    if kind == "image":
        return read_png(folder / "image.png")
    if kind == "audio":
        return read_wav(folder / "audio.wav")
    if kind == "video":
        return read_film(folder)
    if kind == "text":
        return (folder / "text.txt").read_text(encoding="utf-8")
    if kind == "report":
        return {"html": (folder / "report.html").read_text(encoding="utf-8")}
    if kind == "avatar":
        return (folder / "person.avatar").read_bytes()
    if kind == "file":
        [path] = folder.iterdir()
        return {"name": path.name, "bytes": path.read_bytes()}
    if kind.startswith("model<"):
        files = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "card.json"}
        return {"card": read_json(folder / "card.json"), "files": files}
    if kind in TENSORS:
        return read_safetensors(folder / f"{kind}.safetensors")
    return read_json(folder / f"{kind}.json")


def write(kind, folder, value):
    """Puts a value of type `kind` into `folder`."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    if kind == "image":
        write_png(folder / "image.png", value)
    elif kind == "audio":
        write_wav(folder / "audio.wav", value)
    elif kind == "video":
        write_film(folder, value)
    elif kind == "text":
        (folder / "text.txt").write_text(value, encoding="utf-8")
    elif kind == "report":
        (folder / "report.html").write_text(value["html"], encoding="utf-8")
    elif kind == "avatar":
        (folder / "person.avatar").write_bytes(value)
    elif kind == "file":
        (folder / value["name"]).write_bytes(value["bytes"])
    elif kind.startswith("model<"):
        write_json(folder / "card.json", value["card"])
        for name, content in value["files"].items():
            (folder / name).write_bytes(content)
    elif kind in TENSORS:
        write_safetensors(folder / f"{kind}.safetensors", value["tensors"], value["metadata"])
    else:
        write_json(folder / f"{kind}.json", value)


def read_ports(ports, folder):
    """Values by port. `ports` has (type, axis or None) by name; along an axis a value is a list."""
    values = {}
    for name, (kind, axis) in ports.items():
        at = Path(folder) / name
        if axis is None:
            values[name] = read(kind, at)
        else:
            elements = sorted((each for each in at.glob("*") if each.name.isdigit()), key=lambda each: int(each.name))
            values[name] = [read(kind, each) for each in elements] or None
    return values


def write_ports(ports, folder, values):
    """Puts values into folders by port; what is None or left out is not given."""
    for name, (kind, axis) in ports.items():
        value = values.get(name)
        if value is None:
            continue
        at = Path(folder) / name
        if axis is None:
            write(kind, at, value)
        else:
            for index, element in enumerate(value):
                write(kind, at / str(index), element)


def read_json(path):
    return json.loads(Path(path).read_text(encoding="utf-8"))


def write_json(path, value):
    Path(path).write_text(json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


# Safetensors: u64 length of a JSON header, the header, the bytes of all tensors (little endian, row-major).
DTYPES = {
    "F32": "<f4",
    "F64": "<f8",
    "I32": "<i4",
    "U32": "<u4",
    "I64": "<i8",
    "U8": "|u1",
    "F16": "<f2",
    "BOOL": "|b1",
}


def read_safetensors(path):
    content = Path(path).read_bytes()
    (length,) = struct.unpack_from("<Q", content)
    header = json.loads(content[8 : 8 + length])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, about in header.items():
        start, end = about["data_offsets"]
        data = np.frombuffer(content[8 + length + start : 8 + length + end], DTYPES[about["dtype"]])
        tensors[name] = data.reshape(about["shape"]).copy()
    return {"tensors": tensors, "metadata": metadata}


def write_safetensors(path, tensors, metadata):
    Path(path).write_bytes(pack_safetensors(tensors, metadata))


def pack_safetensors(tensors, metadata):
    header, parts, at = {"__metadata__": {name: str(value) for name, value in metadata.items()}}, [], 0
    for name, tensor in tensors.items():
        dtype = next(key for key, code in DTYPES.items() if np.dtype(code) == tensor.dtype)
        data = np.ascontiguousarray(tensor).astype(DTYPES[dtype]).tobytes()
        header[name] = {"dtype": dtype, "shape": list(tensor.shape), "data_offsets": [at, at + len(data)]}
        parts.append(data)
        at += len(data)
    text = json.dumps(header).encode("utf-8")
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(parts)


# PNG (ISO/IEC 15948): 8 bits a channel, not interlaced.
PNG = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}


def read_png(path):
    content = Path(path).read_bytes()
    if content[:8] != PNG:
        raise ValueError(f"{path}: expected a PNG, got something else; write one")
    at, packed = 8, b""
    while at < len(content):
        (length,) = struct.unpack_from(">I", content, at)
        name, data = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        if name == b"IHDR":
            width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", data)
        elif name == b"IDAT":
            packed += data
        at += 12 + length
    if depth != 8 or colour not in CHANNELS or interlaced:
        raise ValueError(f"{path}: expected 8 bits a channel without palette or interlace, got another PNG; convert it")
    channels = CHANNELS[colour]
    pixels = unfilter(np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, 1 + width * channels), channels)
    pixels = pixels.reshape(height, width, channels)
    alpha = pixels[..., -1:] if channels in (2, 4) else np.full((height, width, 1), 255, np.uint8)
    colours = pixels[..., :3] if channels >= 3 else np.repeat(pixels[..., :1], 3, axis=-1)
    return np.concatenate([colours, alpha], axis=-1)


def unfilter(rows, step):
    """Undoes the five filters of PNG (9.2), row by row."""
    out = np.zeros((rows.shape[0], rows.shape[1] - 1), np.uint8)
    above = np.zeros(rows.shape[1] - 1, np.uint8)
    for y, row in enumerate(rows):
        method, line = row[0], row[1:].copy()
        if method == 1:
            for channel in range(step):
                line[channel::step] = np.cumsum(line[channel::step], dtype=np.uint64).astype(np.uint8)
        elif method == 2:
            line += above
        elif method in (3, 4):
            values, over = line.tolist(), above.tolist()
            for x in range(len(values)):
                left = values[x - step] if x >= step else 0
                corner = over[x - step] if x >= step else 0
                guess = (left + over[x]) // 2 if method == 3 else paeth(left, over[x], corner)
                values[x] = (values[x] + guess) & 255
            line = np.array(values, np.uint8)
        out[y] = above = line
    return out


def paeth(left, above, corner):
    guess = left + above - corner
    to_left, to_above, to_corner = abs(guess - left), abs(guess - above), abs(guess - corner)
    if to_left <= to_above and to_left <= to_corner:
        return left
    return above if to_above <= to_corner else corner


def write_png(path, pixels):
    height, width, channels = pixels.shape
    rows = np.zeros((height, 1 + width * channels), np.uint8)
    rows[:, 1:] = np.ascontiguousarray(pixels, np.uint8).reshape(height, width * channels)
    colour = {3: 2, 4: 6}[channels]

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows.tobytes())), chunk(b"IEND", b"")]
    Path(path).write_bytes(PNG + b"".join(parts))


# WAV: mono, 32-bit float written; 16-bit whole numbers are read too.


def read_wav(path):
    content = Path(path).read_bytes()
    at, kind, channels, rate, bits, data = 12, 0, 1, 0, 0, b""
    while at + 8 <= len(content):
        name, length = content[at : at + 4], struct.unpack_from("<I", content, at + 4)[0]
        if name == b"fmt ":
            kind, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", content, at + 8)
            if kind == 0xFFFE:
                (kind,) = struct.unpack_from("<H", content, at + 8 + 24)
        elif name == b"data":
            data = content[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
    if (kind, bits) == (3, 32):
        samples = np.frombuffer(data, "<f4")
    elif (kind, bits) == (1, 16):
        samples = np.frombuffer(data, "<i2").astype(np.float32) / 32768
    else:
        raise ValueError(f"{path}: expected 32-bit float or 16-bit WAV, got format {kind} of {bits} bits; convert it")
    return {"sampleRate": rate, "samples": samples.reshape(-1, channels).mean(axis=1, dtype=np.float32)}


def write_wav(path, value):
    rate, samples = int(value["sampleRate"]), np.ascontiguousarray(value["samples"], "<f4")
    data = samples.tobytes()
    header = struct.pack("<4sIHHIIHH", b"fmt ", 16, 3, 1, rate, rate * 4, 4, 32)
    fact = struct.pack("<4sII", b"fact", 4, len(samples))
    body = b"WAVE" + header + fact + struct.pack("<4sI", b"data", len(data)) + data
    Path(path).write_bytes(struct.pack("<4sI", b"RIFF", len(body)) + body)


# Films: video.mp4, matte.mp4 (as grey), sound.wav, header.json. H.264 is what ffmpeg reads and writes.


def read_film(folder):
    header = read_json(folder / "header.json")
    size = (header["frames"], header["height"], header["width"])
    matte, sound = folder / "matte.mp4", folder / "sound.wav"
    return {
        "fps": header["fps"],
        "frames": decode_frames(folder / "video.mp4", "rgb24", (*size, 3)),
        "matte": decode_frames(matte, "gray", size) if matte.exists() else None,
        "audio": read_wav(sound) if sound.exists() else None,
    }


def write_film(folder, value):
    frames, fps, matte, sound = value["frames"], value["fps"], value.get("matte"), value.get("audio")
    count, height, width, _ = frames.shape
    write_json(folder / "header.json", {"width": width, "height": height, "fps": fps, "frames": count})
    encode_frames(folder / "video.mp4", "rgb24", frames, fps)
    if matte is not None:
        encode_frames(folder / "matte.mp4", "gray", matte, fps)
    if sound is not None:
        write_wav(folder / "sound.wav", sound)


def ffmpeg():
    path = shutil.which("ffmpeg")
    if path is None:
        raise RuntimeError("port_files: expected ffmpeg on PATH to read and write films, got none; install it")
    return path


def decode_frames(path, pixels, shape):
    command = [ffmpeg(), "-v", "error", "-i", str(path), "-f", "rawvideo", "-pix_fmt", pixels, "-"]
    return np.frombuffer(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout, np.uint8).reshape(shape)


def encode_frames(path, pixels, frames, fps):
    height, width = frames.shape[1:3]
    command = [ffmpeg(), "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", pixels, "-s", f"{width}x{height}"]
    command += ["-r", str(fps), "-i", "-"]
    command += ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "12", "-bf", "0", str(path)]
    subprocess.run(command, check=True, input=np.ascontiguousarray(frames, np.uint8).tobytes())


def floats(*shape):
    """f32 values that are no round numbers, the same each time."""
    return np.sin(np.arange(np.prod(shape)) * 12.9898 + 1).astype(np.float32).reshape(shape)


VIEW = {
    "width": 64,
    "height": 96,
    "fx": 100,
    "fy": 100,
    "cx": 32,
    "cy": 48,
    "worldToCamera": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
}
FACE = (
    "headTop chin noseTip leftEar rightEar leftBrow rightBrow leftEye leftEyeInner leftEyeOuter leftEyeTop "
    "leftEyeBottom rightEye rightEyeInner rightEyeOuter rightEyeTop rightEyeBottom mouthLeft mouthRight upperLipTop "
    "mouthCenter lowerLipBottom"
).split()


# ONNX (onnx.proto) is protobuf: each field a number with its type, then a whole number (0) or a length and bytes (2).


def protobuf(*fields):
    return b"".join(protobuf_field(number, value) for number, value in fields)


def protobuf_field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    content = value.encode("utf-8") if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value):
    return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + varint(value >> 7)


def copying_network(inputs, outputs):
    """An ONNX network (IR 8, operators 17) of f32: each output is the first input. Real ones: torch.onnx.export."""
    first, *others = inputs or ["x"]
    f32 = protobuf((1, protobuf((1, 1))))  # TypeProto.tensor_type.elem_type FLOAT, of any shape
    nodes = [(1, protobuf((1, first), (2, name), (4, "Identity"))) for name in outputs]
    ends = [(11, [first, *others]), (12, outputs)]
    ports = [(number, protobuf((1, name), (2, f32))) for number, names in ends for name in names]
    return protobuf((1, 8), (7, protobuf(*nodes, (2, "copy"), *ports)), (8, protobuf((2, 17))))


def sample_model(kind, contents):
    files = {}
    for name, about in contents["files"].items():
        if name.endswith(".onnx"):
            files[name] = copying_network(about["inputs"], about["outputs"])
        else:
            shapes = {key: ((2,) * each["rank"], DTYPES[each["dtype"]]) for key, each in about.items()}
            files[name] = pack_safetensors({key: np.ones(*each) for key, each in shapes.items()}, {})
    return {"card": {"kind": kind, "card": contents["card"]}, "files": files}


# A model of a kind that declares nothing.
ANY_MODEL = {"card": {}, "files": {"net.onnx": {"inputs": ["x"], "outputs": ["y"]}}}


def sample(kind, contents=None):
    """A small valid value of a type. Of a model, `contents` is what its kind declares; of an avatar, which only its
    export can make, the path of one."""
    if kind == "avatar":
        if contents is None:
            raise ValueError("port_files.sample: expected the path of an .avatar, got none; export one and give it")
        return Path(contents).read_bytes()
    if kind.startswith("model<"):
        return sample_model(kind[6:-1], contents or ANY_MODEL)
    sound = {"sampleRate": 16000, "samples": 0.5 * floats(8000)}
    film = np.full((3, 64, 48, 3), 128, np.uint8)
    return {
        "text": lambda: "Good morning.",
        "attributes": lambda: {"values": {"hair": "short"}, "prompt": "a person with short hair"},
        "image": lambda: (np.indices((96, 64, 4)).sum(axis=0) % 256).astype(np.uint8),
        "landmarks": lambda: {
            "width": 64,
            "height": 96,
            "points": {name: {"x": i + 0.5, "y": 2 * i, "confidence": 0.75} for i, name in enumerate(FACE)},
        },
        "audio": lambda: sound,
        "timings": lambda: {"phones": [{"phone": "hh", "start": 0, "end": 0.1}]},
        "video": lambda: {"fps": 25, "frames": film, "matte": film[..., 0], "audio": sound},
        "camera": lambda: VIEW,
        "gaussians": lambda: {
            "tensors": {
                "means": floats(5, 3),
                "quats": floats(5, 4),
                "logScales": floats(5, 3),
                "opacityLogits": floats(5),
                "colors": abs(floats(5, 3)),
                "regions": np.zeros(5, np.uint8),
            },
            "metadata": {"camera": json.dumps(VIEW)},
        },
        "deformation": lambda: {
            "tensors": {
                "meanOffsets": floats(2, 5, 3),
                "rotations": floats(2, 5, 4),
                "logScaleOffsets": floats(2, 5, 3),
            },
            "metadata": {"kind": "dense", "frames": 2, "fps": 25, "count": 5},
        },
        "tracks": lambda: {
            "tensors": {"positions": floats(2, 3, 2), "visibility": abs(floats(2, 3))},
            "metadata": {"fps": 25, "width": 64, "height": 96},
        },
        "motion": lambda: {
            "tensors": {"latent": floats(2, 192), "positions": floats(2, 4, 3)},
            "metadata": {"fps": 25},
        },
        "flow-clip": lambda: {
            "tensors": {
                "tokens": floats(2, 6),
                "appearance": floats(2, 4),
                "heard": floats(2, 5),
                "person": floats(8),
                "manner": floats(3),
                "followed": abs(floats(4)),
            },
            "metadata": {"fps": 25, "points": "v1", "phoneEncoder": "none"},
        },
        "backbone": lambda: {"stage": "motion-sampling", "backbone": "ddim", "params": {}},
        "metrics": lambda: {"values": {"psnr": 30.5}},
        "report": lambda: {"html": "<!doctype html><title>A page</title>"},
        "file": lambda: {"name": "notes.txt", "bytes": b"notes"},
    }[kind]()
