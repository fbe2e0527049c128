#!/usr/bin/env python3
"""Writes ggml_blocks.json: blocks of each type with the numbers that ggml itself decodes from them, and numbers with the bytes that ggml
itself encodes. Made once with llama.cpp build de3ff815 (libggml-base.so of its Linux x64 binaries); python's standard library only.

    python3 make_ggml_blocks.py /path/to/libggml-base.so > ggml_blocks.json

decode: base64 of whole blocks and of the float32 numbers (to_float of ggml_get_type_traits).
encode: base64 of float32 numbers and of the bytes (ggml_quantize_chunk), for the types that are written.
Blocks whose scale is not finite have "finite": false and no numbers: which NaN comes out is not part of the format.
"""
import base64, ctypes, json, math, random, struct, sys

TYPES = {"F16": 1, "Q4_0": 2, "Q4_1": 3, "Q5_0": 6, "Q5_1": 7, "Q8_0": 8, "Q4_K": 12, "Q5_K": 13, "Q6_K": 14, "BF16": 30}
SCALES = {"Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0], "Q4_K": [0, 2], "Q5_K": [0, 2], "Q6_K": [208], "F16": [], "BF16": []}
COUNT = 256


class Traits(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("block", ctypes.c_int64), ("interleave", ctypes.c_int64), ("size", ctypes.c_size_t),
                ("quantized", ctypes.c_bool), ("to_float", ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)), ("from_float", ctypes.c_void_p)]


ggml = ctypes.CDLL(sys.argv[1])
ggml.ggml_get_type_traits.restype = ctypes.POINTER(Traits)
ggml.ggml_quantize_chunk.restype = ctypes.c_size_t
ggml.ggml_quantize_chunk.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p]
random.seed(20261121)


def text(data):
    return base64.b64encode(data).decode()


def floats(values):
    return struct.pack(f"<{len(values)}f", *values)


def single(bits):
    return struct.unpack("<f", struct.pack("<I", bits))[0]


def traits(name):
    return ggml.ggml_get_type_traits(TYPES[name]).contents


def encode(name, data):
    count = len(data) // 4
    t = traits(name)
    out = ctypes.create_string_buffer(count // t.block * t.size)
    assert ggml.ggml_quantize_chunk(TYPES[name], data, out, 0, 1, count, None) == len(out)
    return out.raw


def decode(name, blocks):
    t = traits(name)
    count = len(blocks) // t.size * t.block
    out = ctypes.create_string_buffer(count * 4)
    t.to_float(ctypes.cast(ctypes.c_char_p(blocks), ctypes.c_void_p), out, count)
    return out.raw


def inputs():
    normal = [random.gauss(0, 0.05) for _ in range(COUNT)]
    yield "normal", floats(normal)
    yield "zeros in part", floats([0.0] * 32 + [-0.0] * 32 + [v if i % 5 else 0.0 for i, v in enumerate(normal[64:])])
    yield "alternating", floats([(-1) ** i * (0.5 + i / 64) for i in range(COUNT)])
    yield "one outlier", floats([v * 40 if i == 77 else v for i, v in enumerate(normal)])
    yield "tiny", floats([single(random.getrandbits(10)) for _ in range(32)] + [single(random.getrandbits(23)) for _ in range(32)]
                        + [v * 1e-34 for v in normal[:32]] + [v * 1e-37 for v in normal[32:64]] + [v * 1e-5 for v in normal[64:192]])
    yield "huge", floats([v * 1e5 for v in normal[:64]] + [v * 1e7 for v in normal[64:128]] + [v * 1e38 for v in normal[128:]])
    # The first number makes the scale 1 (or a power of two), so that the others lie exactly between two steps.
    yield "halves", floats([v for e in range(8) for v in [127.0 * 2.0 ** e] + [(i * 4 - 62.5) * 2.0 ** e for i in range(31)]])


def edges():
    """What half precision and bfloat16 round in a way of their own."""
    half = [65504.0, 65519.99, 65520.0, 65520.01, 65536.0, 1e30, 2.0 ** -14, 2.0 ** -14 * (1 - 2.0 ** -12), 2.0 ** -24, 2.0 ** -25, 2.0 ** -25 * 1.0001,
            3 * 2.0 ** -25, 2.0 ** -26, 2.0 ** -25 * 0.9999, 1 + 2.0 ** -11, 1 + 3 * 2.0 ** -11, 1 + 2.0 ** -11 + 2.0 ** -20, 0.1, 1 / 3, math.pi, 0.0, 2047.5, 2049.0, 4099.0, 5 * 2.0 ** -25]
    bits = [0x3F808000, 0x3F818000, 0x3F808001, 0x3F807FFF, 0x7F7FFFFF, 0x7F800000, 0x00008001, 0x00008000, 0x00018000, 0x007FFFFF, 0x00000001, 0x7FC00000, 0x7F800001, 0x7FFFFFFF, 0x7FA00000]
    words = [struct.unpack("<I", struct.pack("<f", v))[0] for v in half] + bits
    return b"".join(struct.pack("<I", w | sign) for w in words for sign in (0, 0x80000000))


def finite(data):
    return all(math.isfinite(v) for v in struct.unpack(f"<{len(data) // 4}f", data))


def decoded(name, case, blocks):
    numbers = decode(name, blocks)
    result = {"type": name, "case": case, "blocks": text(blocks), "finite": finite(numbers)}
    if result["finite"]:
        result["values"] = text(numbers)
    return result


decodes, encodes = [], []
sets = list(inputs())
for name in TYPES:
    for case, data in sets:
        blocks = encode(name, data)
        if name in ("Q8_0", "F16", "BF16"):
            encodes.append({"type": name, "case": case, "values": text(data), "blocks": text(blocks)})
        if case not in ("one outlier", "halves", "alternating"):
            decodes.append(decoded(name, case, blocks))
    t = traits(name)
    for i in range(4):
        # Any bytes are quants, and any finite halves are scales; the last set keeps what chance gave but for one scale that is infinite or NaN.
        blocks = bytearray(random.randbytes(COUNT // t.block * t.size))
        for at in range(0, len(blocks), t.size):
            for offset in SCALES[name]:
                if blocks[at + offset + 1] & 0x7C == 0x7C:
                    blocks[at + offset + 1] &= 0xBF
        if name in ("F16", "BF16"):
            exponent = 0x7C if name == "F16" else 0x7F
            for at in range(1, len(blocks), 2):
                if blocks[at] & exponent == exponent:
                    blocks[at] &= 0xBF
        if i == 3:
            at = len(blocks) - t.size + SCALES[name][-1] if SCALES[name] else len(blocks) - 2
            special = 0x7F80 if name == "BF16" else 0x7C00
            blocks[at:at + 2] = struct.pack("<H", special | random.getrandbits(1) << 15 | random.getrandbits(1) << 6)
        decodes.append(decoded(name, f"random {i}", bytes(blocks)))
for name in ("F16", "BF16"):
    encodes.append({"type": name, "case": "edges", "values": text(edges()), "blocks": text(encode(name, edges()))})

print("{\"llama.cpp\": \"de3ff815\",\n\"decode\": [")
print(",\n".join(json.dumps(d) for d in decodes))
print("],\n\"encode\": [")
print(",\n".join(json.dumps(e) for e in encodes))
print("]}")
