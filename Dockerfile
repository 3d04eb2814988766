# The program alone, without a system around it: `cargo xtask dist`, then
#   docker build --tag sekisho .
#   docker run --rm --interactive sekisho classify - < records.json
#
# The gate lints this file. It does not build it, because no container engine is there.
FROM scratch

LABEL org.opencontainers.image.title="sekisho" \
      org.opencontainers.image.description="Classifies AWS sign-ins in CloudTrail records" \
      org.opencontainers.image.licenses="Apache-2.0 OR MIT"

COPY dist/sekisho-x86_64-unknown-linux-musl /sekisho
COPY LICENSE-APACHE LICENSE-MIT dist/THIRD-PARTY.txt dist/COPYRIGHT-library.html /licenses/

# Nobody: there are no accounts in an empty image, so the user has a number.
USER 65534:65534
ENTRYPOINT ["/sekisho"]
