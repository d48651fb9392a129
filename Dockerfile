# docker build --platform linux/amd64,linux/arm64 -t REGISTRY/accesslog-webhook:0.1.0 .
#
# The bases are pinned by the digest of their index, of all architectures. For a newer one: docker buildx imagetools inspect IMAGE:TAG
# The compiler runs on the target's own architecture: what is compiled ahead of time is linked there.
FROM mcr.microsoft.com/dotnet/sdk:10.0.401-noble@sha256:e70cdb7f80b0348f5cb85f19a8f670fca061f033d57eed12fa003d58b0e06317 AS build
ARG TARGETARCH
RUN apt-get update && apt-get install -y --no-install-recommends clang zlib1g-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig LICENSE THIRD-PARTY-NOTICES.md ./
COPY src src
RUN case "$TARGETARCH" in amd64) rid=linux-x64 ;; arm64) rid=linux-arm64 ;; *) echo "No such architecture: $TARGETARCH" >&2; exit 1 ;; esac \
 && dotnet publish src/AccessLogWebhook -c Release -r "$rid" -o /out --artifacts-path /artifacts \
 && rm -f /out/*.dbg

# No shell and no package manager; the user is 1654 there, and 65532 here, as in the chart.
FROM mcr.microsoft.com/dotnet/runtime-deps:10.0.12-noble-chiseled@sha256:18d4848091a40d13dbfdd6a8340c1657dc3e2f2d7fa2f042e9d162e68669dbc9
LABEL org.opencontainers.image.title="accesslog-webhook" \
      org.opencontainers.image.description="Makes Envoy access logging a property of Istio namespaces" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="0.1.0"
COPY --from=build /out/accesslog /accesslog
# What it is made of, and under which licences.
COPY --from=build /out/accesslog.cdx.json /out/LICENSE /out/THIRD-PARTY-NOTICES.md /licenses/
USER 65532:65532
EXPOSE 8443 8080
# Kubernetes has probes of its own; this one is for those who run the image without it.
HEALTHCHECK --interval=10s --timeout=6s --start-period=20s CMD ["/accesslog", "healthcheck"]
ENTRYPOINT ["/accesslog"]
CMD ["serve"]
