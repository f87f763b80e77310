# One image with both programs and the libraries that they load: docker build -t testigo .
#
# The classic builder and BuildKit build it alike. BASE must be Debian 12.
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS packages
WORKDIR /source
COPY scripts/setup scripts/
RUN scripts/setup build image && rm -rf /var/lib/apt/lists/*

FROM packages AS build
COPY CMakeLists.txt CMakePresets.json LICENSE ./
COPY cmake cmake/
COPY proto proto/
COPY src src/
COPY web/dist web/dist/
ARG JOBS=
RUN cmake --preset release >/dev/null && cmake --build build/release --parallel ${JOBS} --target testigo testigo-greeter
COPY deploy/image-root deploy/
# Permitted only: a witness that captures raises it by itself, and every other command starts where NET_RAW is not to be had.
RUN deploy/image-root /root-of-image 10001 build/release/bin/testigo build/release/bin/testigo-greeter \
  && setcap cap_net_raw=p /root-of-image/usr/bin/testigo \
  && mv /root-of-image/evidence /evidence-of-image

FROM scratch
COPY --from=build /root-of-image/ /
COPY --from=build --chown=10001:10001 /evidence-of-image/ /evidence/
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="Testigo" \
  org.opencontainers.image.description="Gives a verdict on gRPC communication, and shows the bytes; with the reference server and client" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.licenses="Apache-2.0"
ENV PATH=/usr/bin
USER 10001:10001
STOPSIGNAL SIGTERM
EXPOSE 50051
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 CMD ["testigo-greeter", "health"]
CMD ["testigo", "--help"]
