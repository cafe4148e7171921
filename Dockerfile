# Builds the image of one connector of this workspace. `cargo image` passes the name and version from the connector's
# metadata.yaml. By hand:
#
#     docker build -t airbyte/source-stock-ticker-api:0.1.0 .
#     docker build -t airbyte/source-other:0.1.0 --build-arg CONNECTOR=source-other .
#
# Both base images have exact versions, so that builds of the same commit start from the same files. Update them by hand to
# get Debian's fixes: the tag contains the date.
#
# The image is for the architecture of the machine that builds it, amd64 or arm64. If no registry can be reached,
# docker/base-images creates both base images.

# A folder in connectors/, which must have the name of its package.
ARG CONNECTOR=source-stock-ticker-api

# The workspace without its code: the manifests, and an empty root file for every target, because
# cargo rejects a manifest whose targets are missing. The build stage copies these files. Docker caches
# by content, so the dependencies are compiled only once, although this stage runs after every edit.
FROM rust:1.95.0-slim-bookworm AS manifests
WORKDIR /workspace
COPY . .
RUN mkdir /stubs \
    && find /workspace \( -name Cargo.toml -o -name Cargo.lock -o -path '*/.cargo/*' \) \
        -exec cp --parents -t /stubs {} + \
    && cargo metadata --no-deps --offline --format-version 1 > /metadata.json \
    && grep -o '"src_path":"[^"]*"' /metadata.json | cut -d '"' -f 4 | while read -r root; do \
        mkdir -p "/stubs${root%/*}" && echo '#![allow(warnings)] fn main() {}' > "/stubs$root"; \
    done

FROM rust:1.95.0-slim-bookworm AS sbom
RUN cargo install --locked --root /opt/sbom cargo-cyclonedx@0.5.9

# The build is reproducible: the compiler and all crates have fixed versions, and the paths in panic messages are those of
# this stage.
FROM rust:1.95.0-slim-bookworm AS build
ARG CONNECTOR
WORKDIR /workspace
COPY --from=manifests /stubs /
RUN cargo build --release --locked -p "$CONNECTOR"
COPY . .
# The files keep the dates of the checkout, which are older than the build of the stubs: without `touch`,
# cargo would not rebuild.
RUN find . -path ./target -prune -o -name '*.rs' -exec touch {} + \
    && cargo build --release --locked -p "$CONNECTOR" \
    && install -D -m 0755 "target/release/$CONNECTOR" /out/source
# The list of the program's components. The tool would include dependencies of tests and other members, so they are removed
# from the manifests. The fixed date makes the list reproducible, too.
COPY --from=sbom /opt/sbom/bin/cargo-cyclonedx /usr/local/bin/
RUN members="\"airbyte-spec-rules\", \"airbyte-macros\", \"airbyte-sdk\", \"connectors/$CONNECTOR\"" \
    && sed -i "/^members = \[/,/^\]/c members = [$members]" Cargo.toml \
    && sed -i '/^\[dev-dependencies\]/,/^$/d' airbyte-*/Cargo.toml "connectors/$CONNECTOR/Cargo.toml" \
    && SOURCE_DATE_EPOCH=0 cargo cyclonedx --quiet --format json --spec-version 1.5 --no-build-deps \
        --target "$(rustc -vV | sed -n 's/^host: //p')" \
        --manifest-path "connectors/$CONNECTOR/Cargo.toml" \
    && install -m 0644 "connectors/$CONNECTOR/$CONNECTOR.cdx.json" /out/sbom.cdx.json

# The platform starts a connector through `sh`, and needs `sleep` and `mv`, which distroless and empty
# bases lack. CA certificates are compiled into the program, so their package is not needed.
FROM debian:bookworm-20260824-slim
RUN groupadd --gid 1000 airbyte \
    && useradd --uid 1000 --gid 1000 --home-dir /airbyte --no-create-home \
        --shell /usr/sbin/nologin airbyte \
    && install -d /airbyte
# The folder and its files belong to root, so the user that runs the program cannot replace it. The platform uses its own
# folders.
WORKDIR /airbyte
COPY --from=build /out/source /out/sbom.cdx.json /airbyte/
# A number lets Kubernetes verify that the user is not root.
USER 1000:1000
# The platform ignores ENTRYPOINT and evaluates this variable in its own working directory. Both must be
# the same absolute path, without blanks.
ENV AIRBYTE_ENTRYPOINT="/airbyte/source"
ENTRYPOINT ["/airbyte/source"]
# `dockerRepository` and `dockerImageTag` of metadata.yaml; the tests compare them.
ARG CONNECTOR
ARG REPOSITORY=airbyte/$CONNECTOR
ARG VERSION=0.1.0
LABEL io.airbyte.name="$REPOSITORY" \
      io.airbyte.version="$VERSION"
