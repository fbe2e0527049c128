"""Makes llamacpp-tokens.json: how llama.cpp itself encodes texts with the tokenizers that GgufTokenizerWriter writes.

Made once, 2026-11-21, with libllama v0.5.0 of @node-llama-cpp/linux-x64 3.22.1. Arguments: the folder of the libraries,
then NAME=FILE.gguf for each file (only its metadata are read). The texts are taken from the present llamacpp-tokens.json,
cases[NAME][i].text. "gpt-2 with X" is ggml-vocab-gpt-2.gguf whose tokenizer.ggml.pre was changed to X. For each file the
result has the SHA-256 of the tokenizer's tables as llama.cpp saw them (see `digest`).
"""
import ctypes as C
import hashlib
import json
import os
import struct
import sys

TARGET = os.path.join(os.path.dirname(os.path.abspath(__file__)), "llamacpp-tokens.json")


class ModelParams(C.Structure):
    """llama_model_params of llama.h."""
    _fields_ = [(n, C.c_void_p) for n in ("devices", "overrides")] + [(n, C.c_int32) for n in ("layers", "split", "load", "lazy", "main")] \
        + [(n, C.c_void_p) for n in ("tensor_split", "progress", "progress_data", "kv_overrides")] \
        + [(n, C.c_bool) for n in ("vocab_only", "check", "extra", "no_host", "no_alloc", "mtp")]


def open_library(folder):
    ggml = C.CDLL(os.path.join(folder, "libggml.v0.5.0.so"), mode=C.RTLD_GLOBAL)
    lib = C.CDLL(os.path.join(folder, "libllama.v0.5.0.so"))
    lib.silent = C.CFUNCTYPE(None, C.c_int, C.c_char_p, C.c_void_p)(lambda level, text, data: None)
    lib.llama_log_set(lib.silent, None)
    ggml.ggml_backend_load_all_from_path.argtypes = [C.c_char_p]
    ggml.ggml_backend_load_all_from_path(folder.encode())
    lib.llama_backend_init()
    lib.llama_model_default_params.restype = ModelParams
    lib.llama_model_load_from_file.argtypes = [C.c_char_p, ModelParams]
    lib.llama_model_load_from_file.restype = lib.llama_model_get_vocab.restype = C.c_void_p
    lib.llama_model_get_vocab.argtypes = [C.c_void_p]
    lib.llama_tokenize.argtypes = [C.c_void_p, C.c_char_p, C.c_int32, C.POINTER(C.c_int32), C.c_int32, C.c_bool, C.c_bool]
    return lib


def open_vocabulary(lib, path):
    params = lib.llama_model_default_params()
    params.vocab_only = True
    model = lib.llama_model_load_from_file(path.encode(), params)
    assert model, path
    return lib.llama_model_get_vocab(model)


def encode(lib, vocabulary, text, match_special):
    data = text.encode()
    ids = (C.c_int32 * (len(data) + 16))()
    count = lib.llama_tokenize(vocabulary, data, len(data), ids, len(ids), True, match_special)
    assert count >= 0
    return list(ids[:count])


def read_metadata(path):
    with open(path, "rb") as f:
        data = f.read()
    at = 8

    def take(code):
        nonlocal at
        (value,) = struct.unpack_from("<" + code, data, at)
        at += struct.calcsize(code)
        return value

    def text():
        nonlocal at
        n = take("Q")
        at += n
        return data[at - n:at].decode()

    def value(kind):
        if kind == 8:
            return text()
        if kind == 9:
            inner, n = take("I"), take("Q")
            return [value(inner) for _ in range(n)]
        return take({0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}[kind])

    take("Q")
    return {text(): value(take("I")) for _ in range(take("Q"))}


def digest(metadata):
    def get(name, absent):
        return metadata.get("tokenizer.ggml." + name, absent)

    sha = hashlib.sha256()
    sha.update("\0".join([get("model", ""), get("pre", ""), *get("tokens", []), *get("merges", [])]).encode())
    for name, code in (("token_type", "i"), ("scores", "f")):
        sha.update(struct.pack(f"<{len(get(name, []))}{code}", *get(name, [])))
    for name in ("bos_token_id", "eos_token_id", "unknown_token_id", "padding_token_id", "add_bos_token", "add_eos_token", "add_space_prefix"):
        sha.update(f"{name}={str(get(name, 'none')).lower()};".encode())
    return sha.hexdigest()


def main():
    lib = open_library(sys.argv[1])
    with open(TARGET, encoding="utf-8") as f:
        golden = json.load(f)
    for name, path in (a.split("=", 1) for a in sys.argv[2:]):
        vocabulary = open_vocabulary(lib, path)
        golden["tables"][name] = digest(read_metadata(path))
        for case in golden["cases"][name]:
            case["ids"] = encode(lib, vocabulary, case["text"], True)
            case["ids_of_plain_text"] = encode(lib, vocabulary, case["text"], False)
    with open(TARGET, "w", encoding="utf-8") as f:
        lines = [f'  {json.dumps(n)}: [\n' + ",\n".join("   " + json.dumps(c, separators=(",", ":")) for c in cs) + "\n  ]" for n, cs in golden["cases"].items()]
        f.write(json.dumps({"source": golden["source"], "tables": golden["tables"]}, indent=1)[:-2] + ',\n "cases": {\n' + ",\n".join(lines) + "\n }\n}\n")


main()
