# Node's own image carries the Node 24 that elsewhere comes as an optional dependency.
FROM node:24-bookworm-slim AS install
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY bot/zalo-sdk-adapter/package.json bot/zalo-sdk-adapter/
RUN npm ci --omit=dev --omit=optional

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data
# One pool of memory for all threads: the others' would keep 11 MB that nobody uses.
ENV MALLOC_ARENA_MAX=1
WORKDIR /app
COPY --from=install /app/node_modules node_modules
COPY package.json ./
COPY bot bot
COPY knowledge knowledge
COPY locales locales
RUN mkdir /data && chown node:node /data
USER node
VOLUME /data
EXPOSE 8080
# A small young generation keeps the memory small: most of what is read at start is thrown away at once.
# node is called directly, so that the signal to stop reaches the program and not a shell.
CMD ["node", "--max-semi-space-size=8", "bot/start.mjs"]
HEALTHCHECK --interval=30s --timeout=5s CMD ["node", "-e", "fetch('http://127.0.0.1:'+(process.env.PORT||8080)+'/healthz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
