"""What published code makes of made-up films, pictures and weights. Writes networks.json and networks/*.onnx.

    python3 networks.py CHECKOUTS    # PyTorch 1.13, torchvision 0.14.1, OpenCV 4.6, scikit-image 0.19.3, SciPy 1.10.1

CHECKOUTS holds these repositories, at these commits; their code runs as it is:
    syncnet_python                            joonson/syncnet_python 6efbb1c
    pytorch-fid                               mseitzer/pytorch-fid b9c1811
    common_metrics_on_video_quality           JunyaoHu/common_metrics_on_video_quality 5f75173
    FVMD-frechet-video-motion-distance        ljh0v0/FVMD-frechet-video-motion-distance d0863a3
    PerceptualSimilarity                      richzhang/PerceptualSimilarity 082bb24
    python_speech_features                    jameslyons/python_speech_features e280ac2, its folder of this name
    DWPose                                    IDEA-Research/DWPose 3dca5db, onnxdet.py and onnxpose.py alone
    insightface                               deepinsight/insightface 0b2958e, utils/face_align.py alone

The networks are the published architectures, whole, with random weights of whole-number arithmetic. An ONNX file here
has no weights: networks.json says of each tensor how many numbers, their seed and range, and the test draws them.
"""
import importlib.util
import json
import pathlib
import sys
import types

import numpy as np
import torch

HERE = pathlib.Path(__file__).resolve().parent
EXPORT = HERE.parents[4] / "tools" / "export"
CHECKOUTS = pathlib.Path(sys.argv[1])
sys.path[:0] = [str(EXPORT), str(CHECKOUTS), str(CHECKOUTS / "syncnet_python"), str(CHECKOUTS / "pytorch-fid/src"),
                str(CHECKOUTS / "common_metrics_on_video_quality"), str(CHECKOUTS / "PerceptualSimilarity"),
                str(CHECKOUTS / "FVMD-frechet-video-motion-distance")]
SEED = 3


def loaded(name, path):
    """A single file of a repository whose package wants more than is here."""
    spec = importlib.util.spec_from_file_location(name, CHECKOUTS / path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def stand_in(name, **members):
    module = types.ModuleType(name)
    module.__dict__.update(members)
    sys.modules[name] = module


# What their files import and these steps do not use.
stand_in("loguru", logger=types.SimpleNamespace(info=print))
stand_in("fvmd")
stand_in("einops")
stand_in("tqdm", tqdm=lambda of, **_: of)
fvmd_frechet = loaded("fvmd.frechet_distance", "FVMD-frechet-video-motion-distance/fvmd/frechet_distance.py")
sys.modules["fvmd.frechet_distance"] = fvmd_frechet
fvmd_motion = loaded("fvmd.motion", "FVMD-frechet-video-motion-distance/fvmd/extract_motion_features.py")

import cv2  # noqa: E402
import i3d  # noqa: E402
import inception  # noqa: E402
import onnx_file  # noqa: E402
import python_speech_features  # noqa: E402
import syncnet  # noqa: E402
from fvd.styleganv import fvd as stylegan_v  # noqa: E402
from fvd.videogpt.pytorch_i3d import InceptionI3d  # noqa: E402
from scipy import signal  # noqa: E402
from SyncNetModel import S  # noqa: E402

torch.set_num_threads(2)


def made_bytes(count, seed):
    """u8 [count], noise of whole-number arithmetic."""
    return np.floor(onnx_file.uniform(count, seed, 0, 256).astype(np.float64)).astype(np.uint8)


def made_film(frames, height, width, seed):
    """u8 [F, H, W, 3]: coarse noise of 4x4 tiles that goes on by a tile every two frames, and fine noise."""
    tiles = made_bytes((height // 4 + 1) * (width // 4 + frames + 1) * 3, seed).reshape(height // 4 + 1, -1, 3)
    y, x = np.mgrid[0:height, 0:width]
    film = np.stack([tiles[y // 4, x // 4 + f // 2] for f in range(frames)]).astype(np.int64)
    fine = made_bytes(film.size, seed + 1).reshape(film.shape).astype(np.int64)
    return ((film * 3 + fine) // 4).astype(np.uint8)


def drawn(model, name, place, shape):
    """How a tensor is drawn: as `fill_random` does, but for those that `model.alike` names."""
    if name in getattr(model, "alike", {}):
        return list(model.alike[name])
    return [SEED * 1000 + place, *onnx_file.range_of(name, shape, getattr(model, "gains", {}).get(name, 1))]


def skeleton(path, model, state, call, inputs, names, outputs, free, network):
    """An ONNX file of a network without its weights, and how they are drawn."""
    import onnx
    from onnx.external_data_helper import set_external_data

    onnx_file.export(call, inputs, path, names=names, outputs=outputs, free=free, network=network,
                     weights=f"random:{SEED}")
    file = onnx.load(str(path))
    places = {name: place for place, name in enumerate(state)}
    draws, at = [], 0
    for tensor in file.graph.initializer:
        name = tensor.name.removeprefix("module.")
        if name not in places:
            continue
        count = int(np.prod(tensor.dims))
        draws.append([count, *drawn(model, name, places[name], tuple(tensor.dims))])
        set_external_data(tensor, "weights.bin", at, 4 * count)
        at += 4 * count
        tensor.ClearField("raw_data")
        tensor.ClearField("float_data")
        tensor.data_location = onnx.TensorProto.EXTERNAL
    path.write_bytes(file.SerializeToString())
    return draws


def floats(model):
    return [name for name, value in model.state_dict().items() if value.is_floating_point()]


# --- SyncNet -------------------------------------------------------------------------------------------------------
CROP_SCALE = 0.4


def crops(film, boxes):
    """crop_video of run_pipeline.py."""
    size = signal.medfilt([max(b[3] - b[1], b[2] - b[0]) / 2 for b in boxes], kernel_size=13)
    y = signal.medfilt([(b[1] + b[3]) / 2 for b in boxes], kernel_size=13)
    x = signal.medfilt([(b[0] + b[2]) / 2 for b in boxes], kernel_size=13)
    out = []
    for frame, bs, my, mx in zip(film, size, y, x):
        bsi = int(bs * (1 + 2 * CROP_SCALE))
        padded = np.pad(frame, ((bsi, bsi), (bsi, bsi), (0, 0)), "constant", constant_values=(110, 110))
        my, mx = my + bsi, mx + bsi
        face = padded[int(my - bs):int(my + bs * (1 + 2 * CROP_SCALE)),
                      int(mx - bs * (1 + CROP_SCALE)):int(mx + bs * (1 + CROP_SCALE))]
        out.append(cv2.resize(face, (224, 224)))
    return np.stack(out)


def calc_pdist(feat1, feat2, vshift):
    """Of SyncNetInstance.py, whose module asks for CUDA."""
    padded = torch.nn.functional.pad(feat2, (0, 0, vshift, vshift))
    size = vshift * 2 + 1
    return [torch.nn.functional.pairwise_distance(feat1[[i], :].repeat(size, 1), padded[i:i + size, :])
            for i in range(len(feat1))]


def sync(model, film, boxes, audio):
    """evaluate of SyncNetInstance.py, of crops: frames BGR, as OpenCV reads them."""
    images = crops(film[..., ::-1], boxes)
    stacked = np.transpose(np.expand_dims(np.stack(images, axis=3), 0), (0, 3, 4, 1, 2))
    im = torch.from_numpy(stacked.astype(float)).float()
    mfcc = np.stack([np.array(i) for i in zip(*python_speech_features.mfcc(audio, 16000))])
    cc = torch.from_numpy(mfcc[None, None].astype(float)).float()
    last = min(len(images), len(audio) // 640) - 5
    with torch.no_grad():
        lips = torch.cat([model.forward_lip(im[:, :, f:f + 5]) for f in range(last)])
        sound = torch.cat([model.forward_aud(cc[:, :, :, 4 * f:4 * f + 20]) for f in range(last)])
    mean = torch.mean(torch.stack(calc_pdist(lips, sound, 15), 1), 1)
    least, place = torch.min(mean, 0)
    return dict(confidence=float(torch.median(mean) - least), distance=float(least), offset=int(15 - place)), \
        images, mfcc


def sync_case():
    model = onnx_file.fill_random(syncnet.SyncNet(), SEED).eval()
    # One bias for sound and lips, so that they are nearer to each other than to the silence around a clip.
    model.alike = {name: (SEED * 1000 + 999, -1, 1) for name in ("netfcaud.3.bias", "netfclip.3.bias")}
    with torch.no_grad():
        for name, draw in model.alike.items():
            model.state_dict()[name].copy_(torch.from_numpy(onnx_file.uniform(1024, *draw)))
    reference = S().eval()
    reference.load_state_dict(model.state_dict())
    draws = {}
    for method, name, port, shape in syncnet.PARTS:
        draws[name] = skeleton(HERE / f"networks/syncnet-{name}", model, floats(model),
                               onnx_file.Call(model, method), (torch.rand(shape),), [port], ["embedding"],
                               {port: [0], "embedding": [0]}, "syncnet")
    clips = []
    for i, (frames, samples) in enumerate([(20, 20 * 640), (24, 22 * 640 + 333), (18, 21 * 640)]):
        film = made_film(frames, 96, 80, 100 + i)
        jitter = made_bytes(frames * 2, 200 + i).reshape(frames, 2).astype(np.int64) % 5
        boxes = [[20 + a, 15 + b, 58 + a, 61 + 2 * b] for a, b in jitter.tolist()]
        noise = onnx_file.uniform(samples, 300 + i, -3000, 3000).astype(np.float64)
        time = np.arange(samples) / 16000
        audio = np.round(noise + 6000 * np.sin(2 * np.pi * (150 + 60 * i) * time)).astype(np.int16)
        figures, images, mfcc = sync(reference, film, boxes, audio)
        clips.append(dict(frames=frames, samples=samples, boxes=boxes, **figures,
                          crop=images[3][::16, ::16, ::-1].reshape(-1).tolist(), mfcc=mfcc[:, 7].tolist()))
        print(figures)
    return dict(draws=draws, clips=clips)


# --- FVD -----------------------------------------------------------------------------------------------------------
def fvd_case():
    model = onnx_file.fill_random(i3d.I3D(), SEED).eval()
    reference = InceptionI3d(400, in_channels=3).eval()
    reference.load_state_dict(model.state_dict())
    draws = skeleton(HERE / "networks/i3d.onnx", model, floats(model), model, (torch.rand(1, 3, 16, 224, 224),),
                     ["clips"], ["logits"], {"clips": [0, 2], "logits": [0]}, "i3d-kinetics-400")
    sets = []
    for seed, (height, width) in ((400, (60, 44)), (410, (60, 44))):
        films = [made_film(10 + i, height, width, seed + 2 * i) for i in range(2)]
        rows = []
        for film in films:
            clip = torch.from_numpy(film.astype(np.float32) / 255).permute(3, 0, 1, 2)
            with torch.no_grad():
                rows.append(reference(stylegan_v.preprocess_single(clip)[None])[0].double().numpy())
        sets.append(np.stack(rows))
    value = stylegan_v.frechet_distance(*sets)
    print("fvd", value)
    return dict(draws=draws, logits=[rows[:, ::20].tolist() for rows in sets], value=value)


# --- FID -----------------------------------------------------------------------------------------------------------
def fid_case():
    from pytorch_fid import fid_score
    from pytorch_fid import inception as published

    model = onnx_file.fill_random(inception.Inception(), SEED).eval()
    state = {**model.state_dict(), "fc.weight": torch.zeros(1008, 2048), "fc.bias": torch.zeros(1008)}
    published.load_state_dict_from_url = lambda *_, **__: state
    reference = published.InceptionV3([3]).eval()
    draws = skeleton(HERE / "networks/inception.onnx", model, floats(model), model, (torch.rand(1, 3, 299, 299),),
                     ["pictures"], ["features"], {"pictures": [0], "features": [0]}, "inception-pool3")
    sets = []
    for seed in (500, 510):
        film = made_film(3, 96, 80, seed)
        with torch.no_grad():
            out = reference(torch.from_numpy(film.astype(np.float32) / 255).permute(0, 3, 1, 2))[0]
        sets.append(out.squeeze(3).squeeze(2).double().numpy())
    stats = [(rows.mean(0), np.cov(rows, rowvar=False)) for rows in sets]
    value = fid_score.calculate_frechet_distance(*stats[0], *stats[1])
    print("fid", value)
    return dict(draws=draws, features=[rows[:, ::100].tolist() for rows in sets], value=float(value))


# --- LPIPS ---------------------------------------------------------------------------------------------------------
def lpips_case():
    ours = loaded("export_lpips", EXPORT / "lpips.py")
    sys.path.remove(str(EXPORT))
    import lpips as published

    model = onnx_file.fill_random(ours.Lpips(), SEED).eval()
    reference = published.LPIPS(net="alex", pretrained=False, pnet_rand=True, verbose=False).eval()
    state = model.state_dict()
    slices = {0: "slice1", 3: "slice2", 6: "slice3", 8: "slice4", 10: "slice5"}
    names = {f"net.{slices[at]}.{at}.{end}": f"features.{at}.{end}" for at in slices for end in ("weight", "bias")}
    names.update({f"lin{i}.model.1.weight": f"lin.{i}.weight" for i in range(5)})
    reference.load_state_dict({name: state[of] for name, of in names.items()}, strict=False)
    draws = skeleton(HERE / "networks/lpips.onnx", model, floats(model), model,
                     (torch.rand(1, 3, 96, 64), torch.rand(1, 3, 96, 64)), ["image", "reference"], ["distance"],
                     {"image": [0, 2, 3], "reference": [0, 2, 3], "distance": [0]}, "lpips-alex")
    pair = [torch.from_numpy(made_film(1, 96, 80, seed).astype(np.float32) / 127.5 - 1).permute(0, 3, 1, 2)
            for seed in (600, 610)]
    with torch.no_grad():
        value = float(reference(*pair))
    print("lpips", value)
    return dict(draws=draws, value=value)


# --- ArcFace's alignment ---------------------------------------------------------------------------------------------
def alignment_case():
    face_align = loaded("face_align", "insightface/face_align.py")
    picture = made_film(1, 160, 140, 700)[0]
    cases = []
    for points in ([[52, 60], [88, 64], [70, 84], [54, 100], [84, 103]],
                   [[90.5, 40.25], [60, 66], [86, 72], [112, 90.75], [88, 108]],
                   [[5, 20], [30, 18], [18, 33], [8, 48], [28, 47]]):
        points = np.array(points, dtype=np.float32)
        matrix, _ = face_align.estimate_norm(points)
        cases.append(dict(points=points.tolist(), matrix=np.asarray(matrix).reshape(-1).tolist(),
                          crop=face_align.norm_crop(picture, points)[::8, ::8].reshape(-1).tolist()))
    return dict(cases=cases)


# --- FVMD ----------------------------------------------------------------------------------------------------------
def differences(tracks):
    """calc_velocity and calc_acceleration of keypoint_tracking.py, whose module asks for CUDA."""
    def acceleration(of):
        later = of[:, 2:] - of[:, 1:-1]
        return torch.cat([torch.zeros_like(of[:, :2]), later], 1)

    velocity = torch.cat([torch.zeros_like(tracks[:, :1]), tracks[:, 1:] - tracks[:, :-1]], 1)
    # `code` differences the tracks, as tracking_fullseq does; `paper` the velocities.
    return velocity, dict(code=acceleration(tracks), paper=acceleration(velocity))


def made_tracks(seed, windows, way):
    grid = np.linspace(0, 1, 20) * 240 + 8
    start = np.stack(np.meshgrid(grid, grid), -1).reshape(1, 1, 400, 2)
    steps = onnx_file.uniform(windows * 16 * 800, seed, -way, way).reshape(windows, 16, 400, 2)
    return torch.from_numpy((start + np.cumsum(steps, 1)).astype(np.float32))


def fvmd_case():
    sets = [made_tracks(800, 5, 6), made_tracks(810, 6, 3)]
    result = dict(rows={}, values={})
    for name in ("code", "paper"):
        rows = []
        for tracks in sets:
            velocity, accelerations = differences(tracks)
            parts = [fvmd_motion.calc_hist(part.numpy()).reshape(len(tracks), -1)
                     for part in (velocity, accelerations[name])]
            rows.append(np.concatenate(parts, 1))
        result["rows"][name] = (rows[0][2] * 8).round(6).tolist()
        result["values"][name] = float(fvmd_frechet.calculate_fd_given_vectors(*rows))
    print("fvmd", result["values"])
    return result


# --- DWPose --------------------------------------------------------------------------------------------------------
def dwpose_case():
    """Both networks' pictures and what is made of their outputs, which are made up: the networks are not here."""
    class Session:
        def __init__(self, shape, outputs):
            self.shape, self.outputs, self.seen = shape, outputs, None

        def get_inputs(self):
            return [types.SimpleNamespace(name="input", shape=self.shape)]

        def get_outputs(self):
            return [types.SimpleNamespace(name=str(i)) for i in range(len(self.outputs))]

        def run(self, _, feeds):
            self.seen = np.array(feeds["input"])
            return self.outputs

    stand_in("onnxruntime", InferenceSession=Session)
    det = loaded("onnxdet", "DWPose/onnxdet.py")
    pose = loaded("onnxpose", "DWPose/onnxpose.py")
    picture = made_film(1, 120, 90, 900)[0]
    found = onnx_file.uniform(8400 * 85, 910, 0, 0.5).reshape(1, 8400, 85)
    # Three boxes above the threshold: one of a chair, two of people.
    for row, size, sure, kind in ((2000, 3.1, 0.95, 56), (6900, 2.9, 0.7, 0), (7100, 2.6, 0.9, 0)):
        found[0, row, 2:5] = size, size + 0.4, sure
        found[0, row, 5 + kind] = 0.98
    detector = Session([1, 3, 640, 640], [found.copy()])
    network = Session([1, 3, 384, 288], [onnx_file.uniform(133 * 576, 920, 0, 1).reshape(1, 133, 576),
                                         onnx_file.uniform(133 * 768, 930, 0, 1).reshape(1, 133, 768)])
    boxes = det.inference_detector(detector, np.ascontiguousarray(picture[..., ::-1]))
    points, scores = pose.inference_pose(network, boxes[:1], picture)
    return dict(box=boxes[0].tolist(), detector=detector.seen[0, :, ::64, ::64].reshape(-1).tolist(),
                pose=network.seen[0, :, ::48, ::48].reshape(-1).tolist(), points=points[0].reshape(-1).tolist(),
                scores=scores[0].tolist())


def pillow_case():
    """Frames on 256² as FVMD shows them to its tracker, here on fewer pixels."""
    from PIL import Image

    picture = Image.fromarray(made_film(1, 90, 70, 950)[0])
    return {side: np.asarray(picture.resize((side, side), Image.BILINEAR)).transpose(2, 0, 1)[:, ::3, ::3]
            .reshape(-1).tolist() for side in (32, 128)}


if __name__ == "__main__":
    made = dict(syncnet=sync_case(), fvd=fvd_case(), fid=fid_case(), lpips=lpips_case(), arcface=alignment_case(),
                fvmd=fvmd_case(), dwpose=dwpose_case(), pillow=pillow_case())
    made = json.loads(json.dumps(made), parse_float=lambda text: float(f"{float(text):.9g}"))
    (HERE / "networks.json").write_text(json.dumps(made) + "\n")
