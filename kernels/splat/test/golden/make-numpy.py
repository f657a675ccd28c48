"""Writes five.ply, of splat-transform, in the forms that other programs write: NumPy 2.4. Usage: make-numpy.py"""
import pathlib

import numpy as np

here = pathlib.Path(__file__).parent
head, body = (here / "five.ply").read_bytes().split(b"end_header\n", 1)
names = [line.split()[2].decode() for line in head.split(b"\n") if line.startswith(b"property")]
rows = np.frombuffer(body, [(name, "<f4") for name in names])


def header(form, kind, end="\n"):
    lines = ["ply", f"format {form} 1.0", "comment by NumPy", f"element vertex {len(rows)}"]
    return (end.join([*lines, *(f"property {kind} {name}" for name in names), "end_header"]) + end).encode()


def binary(form, kind, dtype):
    return header(form, kind) + rows.astype([(name, dtype) for name in names]).tobytes()


(here / "five-big-double.ply").write_bytes(binary("binary_big_endian", "double", ">f8"))
(here / "five-big-float.ply").write_bytes(binary("binary_big_endian", "float32", ">f4"))
(here / "five-little-double.ply").write_bytes(binary("binary_little_endian", "float64", "<f8"))
text = "".join(" ".join(repr(float(value)) for value in row) + "\r\n" for row in rows)
(here / "five-crlf.ply").write_bytes(header("ascii", "float", "\r\n") + text.encode())
