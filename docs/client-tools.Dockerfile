# The client tools image: the databases' own programs, from Debian's packages. Backups run from it in the cluster.
#
#   docker build --platform linux/amd64 -t registry.example.com/tools/client-tools:1.0 -f client-tools.Dockerfile .
#   docker push registry.example.com/tools/client-tools:1.0
#
# pg_dump must be as new as the server, or newer; an older one refuses. Debian's unstable release has the newest, and is the
# only one with MySQL's own mysqldump. Replace the tag by a digest to get the same image again.
FROM debian:sid-slim

RUN apt-get update \
 && apt-get install -y --no-install-recommends postgresql-client-18 mysql-client-core age curl ca-certificates \
 && rm -rf /var/lib/apt/lists/* /usr/share/doc /usr/share/man \
 && for program in pg_dump pg_restore psql mysqldump mysql age curl sh sha256sum base64 cat env mkdir rm sleep tr; do \
      command -v "$program" || { echo "$program is missing"; exit 1; }; \
    done

# Debian's pg_dump is a script that looks for clusters of this host; the programs themselves need none.
ENV PATH=/usr/lib/postgresql/18/bin:/usr/local/bin:/usr/bin:/bin HOME=/tmp

# Any user may run it: nothing in here is written, and no program asks who it is.
USER 65534:65534
WORKDIR /tmp
CMD ["sh"]
