# The image of one connector of this workspace. `cargo image` calls this with the name and the version in the connector's
# metadata.yaml; by hand it is
#
#     docker build -t airbyte/source-stock-ticker-api:0.1.0 .
#     docker build -t airbyte/source-other:0.1.0 --build-arg CONNECTOR=source-other .
#
# Both base images have exact versions, so the same commit begins with the same files. They are raised by hand, for what Debian has
# mended since: the date is in the tag.
#
# It is for the processor of the machine that builds it, amd64 or arm64: nothing here names one. Where no registry can be
# reached, docker/base-images makes the two images that it begins with.

# A crate under connectors/, whose package has the name of its folder.
ARG CONNECTOR=source-stock-ticker-api

# The workspace without its code: the manifests, and an empty root file for every target, because
# cargo refuses a manifest whose targets are missing. The next stage takes these files by content,
# so this one may run after every edit and the dependencies are still compiled only once.
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

# The same commit gives the same program, byte by byte: the compiler and every crate have a fixed version, and the paths that
# panics name are those of this stage.
FROM rust:1.95.0-slim-bookworm AS build
ARG CONNECTOR
WORKDIR /workspace
COPY --from=manifests /stubs /
RUN cargo build --release --locked -p "$CONNECTOR"
COPY . .
# The files keep the dates of the checkout, older than the stubs' build: without `touch` cargo
# would take the stubs for the real thing.
RUN find . -path ./target -prune -o -name '*.rs' -exec touch {} + \
    && cargo build --release --locked -p "$CONNECTOR" \
    && install -D -m 0755 "target/release/$CONNECTOR" /out/source
# What the program is made of. The tool would count in what only tests and other members bring along, so they are cut off.
# With a fixed date the list is the same for the same commit, too.
COPY --from=sbom /opt/sbom/bin/cargo-cyclonedx /usr/local/bin/
RUN members="\"airbyte-spec-rules\", \"airbyte-macros\", \"airbyte-sdk\", \"connectors/$CONNECTOR\"" \
    && sed -i "/^members = \[/,/^\]/c members = [$members]" Cargo.toml \
    && sed -i '/^\[dev-dependencies\]/,/^$/d' airbyte-*/Cargo.toml "connectors/$CONNECTOR/Cargo.toml" \
    && SOURCE_DATE_EPOCH=0 cargo cyclonedx --quiet --format json --spec-version 1.5 --no-build-deps \
        --target "$(rustc -vV | sed -n 's/^host: //p')" \
        --manifest-path "connectors/$CONNECTOR/Cargo.toml" \
    && install -m 0644 "connectors/$CONNECTOR/$CONNECTOR.cdx.json" /out/sbom.cdx.json

# The platform starts a connector through `sh`, and needs `sleep` and `mv` beside it: a distroless
# or empty base would not do. Roots of trust are compiled into the binary, which is why there is no package for them.
FROM debian:bookworm-20260824-slim
RUN groupadd --gid 1000 airbyte \
    && useradd --uid 1000 --gid 1000 --home-dir /airbyte --no-create-home \
        --shell /usr/sbin/nologin airbyte \
    && install -d /airbyte
# Of root, as what is in it: who runs the program cannot replace it. The platform works in folders of its own.
WORKDIR /airbyte
COPY --from=build /out/source /out/sbom.cdx.json /airbyte/
# By number, so that Kubernetes can see that it is not root.
USER 1000:1000
# The platform ignores ENTRYPOINT and evaluates this variable, from a working directory of its own:
# both must name the same absolute path, without blanks.
ENV AIRBYTE_ENTRYPOINT="/airbyte/source"
ENTRYPOINT ["/airbyte/source"]
# `dockerRepository` and `dockerImageTag` of metadata.yaml; the tests compare them.
ARG CONNECTOR
ARG REPOSITORY=airbyte/$CONNECTOR
ARG VERSION=0.1.0
LABEL io.airbyte.name="$REPOSITORY" \
      io.airbyte.version="$VERSION"
