"""Writes the .safetensors beside it with safetensors 0.8 and NumPy 2.4. Usage: make-safetensors.py"""
import pathlib

import numpy as np
from safetensors.numpy import save_file

here = pathlib.Path(__file__).parent
wave = np.sin(np.arange(12)).astype(np.float32)
save_file({"wave": wave.reshape(3, 4)}, here / "python-f32.safetensors")
save_file(
    {"bytes": np.arange(3, dtype=np.uint8), "wave": wave[:5], "halves": wave.astype(np.float16)[:3]},
    here / "python-mixed.safetensors",
    metadata={"format": "np", "title": "模型"},
)
save_file({"none": np.zeros((0, 4), np.float32), "one": np.array([7], np.int32)}, here / "python-odd.safetensors")
