# syntax=docker/dockerfile:1
#
# One image per cloud, or one with all: docker build --build-arg CLOUD=aws -t resotoworker-aws .
# For Fix Inventory Core 4.x: --build-arg GENERATION=fix --target fixworker
# What is in it is decided by tools/images; `npm run images` makes the same without this file.
ARG CLOUD=all
ARG GENERATION=resoto

FROM node:24-bookworm AS build
ARG CLOUD
ARG GENERATION
WORKDIR /src
COPY . .
RUN npm ci --no-audit --no-fund \
    && npm run -s images -- "$CLOUD" --generation "$GENERATION" --rootfs --output /images \
    && mv "/images/$CLOUD/rootfs" /rootfs

FROM scratch AS worker
COPY --from=build /rootfs /
ENV PATH=/usr/bin LANG=C.UTF-8
EXPOSE 9956/tcp
HEALTHCHECK --interval=60s --timeout=15s --start-period=300s --retries=3 CMD ["/usr/bin/node","/opt/resoto/health.js"]

FROM worker AS fixworker
ENTRYPOINT ["/usr/bin/fixworker"]

FROM worker AS resotoworker
ENTRYPOINT ["/usr/bin/resotoworker"]
