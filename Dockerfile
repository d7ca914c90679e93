# Debian 12 with all that `compare --set bert` and `suite full` need: `docker run` asks no network.
#   docker build -t inferometer:latest .
#   docker run --rm -v "$(pwd)/results:/app/results" inferometer:latest inferometer compare minilm --set bert
# scripts/setup/clean_root.sh runs this file where there is no container engine.
FROM debian:bookworm
WORKDIR /app
RUN apt-get update && apt-get install --yes --no-install-recommends make
COPY . .
RUN make build
RUN ln -s /app/build/release/bin/inferometer /usr/local/bin/inferometer

# Packages and artefacts stay in the image, the record goes to the mounted folder.
ENV XDG_CACHE_HOME=/app/cache
ENV XDG_STATE_HOME=/app/results
RUN inferometer packages install onnxruntime openvino litert tensorflow tensorflow-toolchain inputs minilm

# Who measures is known when the container starts: the owner of the mounted folder.
RUN chmod a+rwx cache cache/inferometer && mkdir results && chown 1000:1000 results
ENTRYPOINT ["/app/scripts/setup/container_entry.sh"]
CMD ["inferometer", "--help"]
