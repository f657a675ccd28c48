"""Writes five.ply, of splat-transform, with the headers of other programs: trimesh 5.1, meshio 5.3, NumPy 2.4.

Usage: make-headers.py
"""
import pathlib
import warnings

import meshio
import numpy as np
import trimesh

warnings.filterwarnings("ignore")
here = pathlib.Path(__file__).parent
head, body = (here / "five.ply").read_bytes().split(b"end_header\n", 1)
names = [line.split()[2].decode() for line in head.split(b"\n") if line.startswith(b"property")]
rows = np.frombuffer(body, [(name, "<f4") for name in names])
points = np.stack([rows[axis] for axis in "xyz"], 1)
others = {name: rows[name].copy() for name in names if name not in ("x", "y", "z")}
flat = {name: values for name, values in others.items() if name != "scale_2"}


# trimesh: a line about itself, faces behind the vertices, its attributes behind the position
def by_trimesh(path, attributes, encoding):
    mesh = trimesh.Trimesh(points, [[0, 1, 2]], process=False)
    for name, values in attributes.items():
        mesh.vertex_attributes[name] = values.reshape(-1)
    data = mesh.export(file_type="ply", encoding=encoding, vertex_normal=False, include_attributes=True)
    (here / path).write_bytes(data)


by_trimesh("five-trimesh.ply", others, "binary")
by_trimesh("five-trimesh-ascii.ply", others, "ascii")
by_trimesh("five-trimesh-upper.ply", {name.upper(): values for name, values in others.items()}, "binary")
by_trimesh("flat-trimesh.ply", flat, "binary")


# meshio: a line with the date; double positions among floats; faces
def by_meshio(path, attributes, binary):
    mesh = meshio.Mesh(points.astype(np.float64), [("triangle", np.array([[0, 1, 2]]))], point_data=attributes)
    meshio.write(here / path, mesh, file_format="ply", binary=binary)
    data = (here / path).read_bytes()
    line = next(line for line in data.split(b"\n") if line.startswith(b"comment Created by meshio"))
    (here / path).write_bytes(data.replace(line, line.split(b",")[0] + b", 2026-11-30T00:00:00", 1))


by_meshio("five-meshio.ply", others, True)
by_meshio("five-meshio-ascii.ply", others, False)
by_meshio("five-meshio-upper.ply", {name.upper(): values for name, values in others.items()}, True)
by_meshio("flat-meshio.ply", flat, True)


# NumPy: savetxt, whose header is what it is told, with `inf` as it writes it
def by_savetxt(path, rows, title, comments):
    lines = ["ply", "format ascii 1.0", *comments, f"element vertex {len(rows)}"]
    header = [*lines, *(f"property float {title(name)}" for name in rows.dtype.names), "end_header"]
    np.savetxt(here / path, rows.tolist(), fmt="%.9g", header="\n".join(header), comments="", encoding="utf-8")


bright = rows.copy()
bright["opacity"][2], bright["opacity"][3] = np.inf, -np.inf
by_savetxt("five-savetxt.ply", bright, str.upper, ["comment 模型 end_header " + "·" * 3000, "obj_info element vertex 9"])
by_savetxt("five-savetxt-comment.ply", rows, str, ["comment " + "x" * 70_000])
by_savetxt("flat-savetxt.ply", rows[list(flat) + ["x", "y", "z"]], str, [])
