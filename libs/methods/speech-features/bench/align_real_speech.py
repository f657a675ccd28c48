"""Phones of recordings whose text is known, by pocketsphinx's forced alignment (its US English model; BSD licence).

    pip install pocketsphinx==5.1.1
    python align_real_speech.py NAME=TEXT=FILE ... > real-speech.json

FILE: 16 kHz mono, 16 bit, WAV or raw. The aligner has nothing in common with what is judged by it.
"""
import json
import sys
import wave

from pocketsphinx import Decoder


def samples(path):
    if path.endswith(".raw"):
        with open(path, "rb") as file:
            return file.read()
    with wave.open(path) as file:
        return file.readframes(file.getnframes())


def decode(decoder, data):
    decoder.start_utt()
    decoder.process_raw(data, full_utt=True)
    decoder.end_utt()


def phones(text, path):
    decoder, data = Decoder(), samples(path)
    decoder.set_align_text(text)
    decode(decoder, data)
    decoder.set_alignment()
    decode(decoder, data)
    named = (phone for word in decoder.get_alignment() for phone in word)
    return [["pau" if p.name == "SIL" else p.name.lower(), p.start, p.duration] for p in named]


about = "phones of the recordings in 10 ms frames [phone, first frame, frames], by align_real_speech.py"
result = {"about": about}
for argument in sys.argv[1:]:
    name, text, path = argument.split("=")
    result[name] = {"text": text, "phones": phones(text, path)}
print(json.dumps(result, indent=2))
