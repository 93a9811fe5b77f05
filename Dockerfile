# The image of one service:
#
#   docker build --build-arg SERVICE=gateway --tag clipscribe-gateway .
#
# SERVICE is the name of a folder in services/. Nothing here names a processor: `docker buildx build --platform` makes it
# for any that the base image exists for. It needs no extension of the builder, and no image but the base.
ARG NODE_IMAGE=node:24-bookworm-slim
ARG SERVICE

# The manifests alone: as long as they stay the same, so do the dependencies, and the layer that holds them.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /source
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete; find . -type d -empty -delete

# The page that the gateway shows, made with tools that no image has at the end.
FROM ${NODE_IMAGE} AS page
WORKDIR /app
COPY --from=manifests /source .
RUN npm ci --ignore-scripts --workspace packages/web && rm -rf /root/.npm /tmp/*
COPY . .
RUN node --input-type=module --eval "await (await import('./packages/web/build/index.mjs')).ensurePage()"

# The service and what it depends on. npm links those packages of this repository that it needs, and no others.
FROM ${NODE_IMAGE} AS app
ARG SERVICE
WORKDIR /app
COPY --from=manifests /source .
# No dependency has to run a script: bcrypt and the voice detector bring their machine code along.
RUN npm ci --omit=dev --ignore-scripts --workspace "services/${SERVICE}" \
  && find . -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' \) -delete \
  && rm -rf node_modules/*/coverage /root/.npm /tmp/*
COPY . /source
COPY --from=page /app/packages/web/dist /source/packages/web/dist
# Sources are run as they are. /app/start is the service's own start script, whose flags stand in its manifest only.
RUN for link in node_modules/@clipscribe/*; do \
    folder="$(realpath --relative-to=. "${link}")"; \
    for part in src dist; do \
      if test -d "/source/${folder}/${part}"; then cp -r "/source/${folder}/${part}" "${folder}/" || exit 1; fi; \
    done; \
  done; \
  for folder in packages/* services/*; do test -d "${folder}/src" || rm -r "${folder}"; done; \
  command="$(node -p "require('./services/${SERVICE}/package.json').scripts.start")" \
  && printf '#!/bin/sh\ncd "/app/services/%s"\nexec %s "$@"\n' "${SERVICE}" "${command}" > start \
  && chmod 755 start && rm package-lock.json .npmrc

FROM ${NODE_IMAGE} AS plain
RUN apt-get update \
  && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends tini \
  && rm -rf /var/lib/apt/lists/*

# ffmpeg brings drivers of graphics cards, with a compiler, for players and for video; they are loaded only when asked for.
FROM plain AS media
RUN apt-get update \
  && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \
    ffmpeg pocketsphinx pocketsphinx-en-us \
  && dpkg-query --show --showformat '${Package}\n' 'libllvm*' libgl1-mesa-dri libz3-4 \
    | xargs dpkg --purge --force-depends \
  && rm -rf /usr/lib/*/mfx /usr/lib/*/libmfxhw64.so.* /usr/share/X11 /usr/share/fonts /usr/share/mime \
  && ffmpeg -version && ffprobe -version \
  && rm -rf /var/lib/apt/lists/*

# What each service runs on.
FROM plain AS system-admin
FROM plain AS system-auth
FROM plain AS system-gateway
FROM plain AS system-notification
FROM media AS system-converter
FROM media AS system-suite

# Without what only development needs: headers, package managers, manuals. The licences of what is installed stay.
FROM system-${SERVICE} AS system
RUN rm -rf /opt/yarn* /usr/local/include /usr/local/share /usr/local/lib/node_modules /usr/local/bin/npm \
    /usr/local/bin/npx /usr/local/bin/corepack /usr/local/bin/yarn /usr/local/bin/yarnpkg /usr/local/*.md \
    /usr/share/man/* /usr/share/info/* /usr/share/locale/* /var/cache/apt/* /var/cache/debconf/* /var/log/* /tmp/* \
    && find /usr/share/doc ! -type d ! -name copyright -delete \
    && find /usr/share/doc -depth -type d -empty -delete

# Copied into an empty image, so that what was removed takes no room. The services share this layer.
FROM scratch
COPY --from=system / /
COPY --from=app /app /app
# Type stripping and SQLite need no word of warning in the log.
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  NODE_ENV=production \
  NODE_OPTIONS=--disable-warning=ExperimentalWarning \
  HOST=0.0.0.0
ARG SERVICE
LABEL org.opencontainers.image.title="clipscribe-${SERVICE}" \
  org.opencontainers.image.licenses="MIT"
# The base's user "node", as a number: a cluster can see that it is not root.
USER 1000:1000
WORKDIR /app
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["/app/start"]
