#!/usr/bin/env bash
# Runs one part of the validation campaign and appends its raw lines to bench/results/.
# usage: campaign.sh BUILD PART [COUNT]   (needs: inferometer packages install onnxruntime minilm; own_python_*: litert tensorflow tensorflow-toolchain too)
set -euo pipefail
build=$1
part=$2
count=${3:-10}
out=bench/results
work=$build/campaign
mkdir -p "$out" "$work"
library=$(find "${INFEROMETER_HOME:-$HOME/.cache/inferometer}" -name "libonnxruntime.so.1.32.0" 2>/dev/null | head -n 1 || true)
worker=$build/libexec/inferometer/inferometer-worker-onnxruntime
layers() {  # COUNT [WIDTH]
  [ -f "$work/layers$1${2:+-$2}/model.onnx" ] || "$build/bench/bench_make_layers" "$1" "${2:-768}" "$work/layers$1${2:+-$2}"
}
# Seeds go on where the file ends, so that a campaign may be spread over days.
next_seed() { if [ -f "$1" ]; then echo $(($(wc -l <"$1") + 1)); else echo 1; fi; }
plain_loop() {  # NAME LAYERS RUNS
  layers "$2"; inputs
  "$build/bench/bench_plain_loop" --library "$library" --model "$work/layers$2/model.onnx" --inputs "$work/x.safetensors" \
    --pairs "$count" --runs "$3" --first-pair "$(next_seed "$out/$1.jsonl")" >>"$out/$1.jsonl"
}

inputs() {  # the input of the layers model, made by the product itself
  [ -f "$work/x.safetensors" ] || python3 - "$work/x.safetensors" <<'PY'
import json, random, struct, sys
random.seed(1)
values = struct.pack("<24576f", *(random.gauss(0, 1) for _ in range(24576)))
header = json.dumps({"x": {"dtype": "F32", "shape": [32, 768], "data_offsets": [0, len(values)]}}).encode()
header += b" " * (-len(header) % 8)
open(sys.argv[1], "wb").write(struct.pack("<Q", len(header)) + header + values)
PY
}

own_python() {  # NAME WAY LIBRARY MODEL PYTHON...
  python3 bench/own_python.py "$2" "$build/libexec/inferometer/inferometer-worker-${2%_session}" "$3" "$4" "$count" "$out/own_python_$1.jsonl" "${@:5}"
}
artefact() {  # MODEL VARIANT: the file in the cache, made by the product itself
  [ -f "$work/artefacts-$1.json" ] || "$build/bin/inferometer" compare "$1" $([ "$1" = minilm ] || echo --synthetic-weights) --threads 1 --mode quick \
    --budget 3 --variants saved_model/float32,tflite/float32,tflite/int8-dynamic,tflite/int8 --progress none -o json >"$work/artefacts-$1.json"
  python3 -c 'import json, sys; print(*(one["file"] for one in json.load(open(sys.argv[1]))["artefacts"] if one["variant"] == sys.argv[2]))' \
    "$work/artefacts-$1.json" "$2"
}

case $part in
  loop)
    plain_loop plain_loop_5ms 50 4
    plain_loop plain_loop_200us 2 50 ;;
  own_tool)  # needs BENCHMARK_APP: the program of that name in an environment with the PyPI package openvino
    layers 50
    python3 bench/own_tool.py "$build/bin/inferometer" "$BENCHMARK_APP" "$work/layers50/model.onnx" "$count" "$out/own_tool_openvino.jsonl" ;;
  own_python_litert | own_python_tensorflow)
    # The first needs LITERT_PYTHON: of an environment with the PyPI packages ai-edge-litert (the engine's version), numpy, safetensors
    home=${INFEROMETER_HOME:-$HOME/.cache/inferometer}
    litert=$(find -L "$home" -name libLiteRt.so | head -n 1)
    tensorflow=$(find -L "$home" -name libtensorflow_cc.so.2 -path "*/tensorflow/*" | head -n 1)
    toolchain=$(dirname "$(find -L "$home" -path "*/tensorflow-toolchain/*/libraries" -prune | head -n 1)")
    with_tensorflow=(env "PYTHONPATH=$toolchain/libraries" "$toolchain/python3" -S)
    mkdir -p "$work/no_op"
    [ -f "$work/no_op/model.tflite" ] || "${with_tensorflow[@]}" bench/make_no_op.py "$work/no_op"
    if [ "$part" = own_python_tensorflow ]; then
      for way in tensorflow tensorflow_session; do
        own_python "${way}_no_op" "$way" "$tensorflow" "$work/no_op/saved_model" "${with_tensorflow[@]}"
        own_python "${way}_minilm" "$way" "$tensorflow" "$(artefact minilm saved_model/float32)" "${with_tensorflow[@]}"
        own_python "${way}_mobilenet_v2" "$way" "$tensorflow" "$(artefact mobilenet_v2 saved_model/float32)" "${with_tensorflow[@]}"
      done
      exit
    fi
    own_python litert_no_op litert "$litert" "$work/no_op/model.tflite" "$LITERT_PYTHON"
    for variant in float32 int8-dynamic; do
      own_python "litert_minilm_$variant" litert "$litert" "$(artefact minilm "tflite/$variant")" "$LITERT_PYTHON"
    done
    for variant in float32 int8; do
      own_python "litert_mobilenet_v2_$variant" litert "$litert" "$(artefact mobilenet_v2 "tflite/$variant")" "$LITERT_PYTHON"
    done ;;
  one_load_aa)
    layers 20; inputs
    "$build/bench/bench_one_load" --worker "$worker" --library "$library" --model "$work/layers20/model.onnx" --inputs "$work/x.safetensors" \
      --verdicts "$count" --first-seed "$(next_seed "$out/$part.jsonl")" >>"$out/$part.jsonl" ;;
  one_load_2_percent)
    layers 1; inputs
    "$build/bench/bench_one_load" --worker "$worker" --library "$library" --model "$work/layers1/model.onnx" --inputs "$work/x.safetensors" \
      --extra 0.02 --runs-per-sample 50 --seconds 30 --verdicts "$count" --first-seed "$(next_seed "$out/$part.jsonl")" >>"$out/$part.jsonl" ;;
  fresh_aa)
    layers 20
    python3 bench/fresh_loads.py "$build/bin/inferometer" "$out/$part.jsonl" "$count" 60 2 0 "$work/layers20/model.onnx" "$work/layers20/model.onnx" ;;
  fresh_5_percent)
    layers 20; layers 21
    python3 bench/fresh_loads.py "$build/bin/inferometer" "$out/$part.jsonl" "$count" 60 2 0.05 "$work/layers20/model.onnx" "$work/layers21/model.onnx" ;;
  fresh_2_percent)
    layers 50 480; layers 51 480
    python3 bench/fresh_loads.py "$build/bin/inferometer" "$out/$part.jsonl" "$count" 120 0.5 0.02 "$work/layers50-480/model.onnx" "$work/layers51-480/model.onnx" ;;
  replays)
    recordings=()
    for name in bad ordinary; do
      packed=$(find ../shared/data/noise -name "trace*_$name.bin.xz" 2>/dev/null | head -n 1 || true)
      [ -n "$packed" ] && xz -dc "$packed" >"$work/$name.bin" && recordings+=(--recording "$name=$work/$name.bin")
    done
    # Replays take no time of the machine: all of them again, in place of those that were there.
    # With a margin of 2 % a difference of 1 % is rightly `equivalent`: what it takes to find it is asked apart.
    {
      "$build/bench/bench_replays" "${recordings[@]}" --replays "$count"
      "$build/bench/bench_replays" "${recordings[@]}" --replays "$count" --ratios 1.01 --margin 0.5
    } | xz -9 >"$out/replays.jsonl.xz" ;;
  *) echo "unknown part '$part'" >&2; exit 2 ;;
esac
