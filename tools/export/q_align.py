#!/usr/bin/env python3
"""Scores a folder of frames with Q-Align (Wu et al. 2024), OneAlign: the program `run` of checkouts.q-align.

    run --frames FOLDER --seed N --output scores.json

Q_ALIGN_MODEL is the folder of https://huggingface.co/q-future/one-align with all of its files, whose own code computes
the softmax over excellent, good, fair, poor and bad, weighted 5 to 1. Needs PyTorch and transformers, and a GPU with
20 GB or much patience. Nothing is fetched. Not tried with the model.
"""
import argparse
import json
import os
import pathlib

TASKS = ("quality", "aesthetics")


def load(folder):
    import torch
    from transformers import AutoModelForCausalLM

    os.environ["HF_HUB_OFFLINE"] = "1"
    on_gpu = torch.cuda.is_available()
    return AutoModelForCausalLM.from_pretrained(
        folder, trust_remote_code=True, attn_implementation="eager", local_files_only=True,
        torch_dtype=torch.float16 if on_gpu else torch.float32, device_map="auto" if on_gpu else None)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=pathlib.Path, required=True)
    parser.add_argument("--seed", help="not used: nothing is drawn")
    parser.add_argument("--output", type=pathlib.Path, required=True)
    given = parser.parse_args()
    folder = os.environ.get("Q_ALIGN_MODEL")
    if folder is None:
        parser.error("expected Q_ALIGN_MODEL, the folder of q-future/one-align, got none")
    from PIL import Image

    model = load(folder)
    scores = {task: [] for task in TASKS}
    paths = sorted(given.frames.glob("*.png"))
    for place, path in enumerate(paths):
        picture = Image.open(path).convert("RGB")
        for task in TASKS:
            scores[task].append(float(model.score([picture], task_=task, input_="image")[0]))
        print(f"{place + 1}/{len(paths)}", flush=True)
    given.output.write_text(json.dumps(scores))


if __name__ == "__main__":
    main()
