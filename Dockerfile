# A small image: one binary, no shell needed, not root, read-only root file system.
#   docker build -t latchkey .
#   docker run --read-only -v latchkey-data:/data -p 8080:8080 latchkey
FROM rust:1.95-slim-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN cargo build --release --locked -p latchkey && mkdir /empty

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /src/target/release/latchkey /usr/local/bin/latchkey
# A new volume takes the owner of the folder that it is mounted on.
COPY --from=build --chown=nonroot:nonroot /empty /data
ENV LATCHKEY_DATA_DIR=/data LATCHKEY_LISTEN=0.0.0.0:8080
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/latchkey"]
