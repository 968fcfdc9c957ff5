#!/bin/sh
# A throw-away PostgreSQL for tests. `eval "$(tests/postgres.sh start)"` starts one and sets
# SUPPORT_TEST_POSTGRES_URL; `tests/postgres.sh stop` ends it and removes its folder.
set -eu

folder="${SUPPORT_TEST_POSTGRES_FOLDER:-${TMPDIR:-/tmp}/support-test-postgres}"
port="${SUPPORT_TEST_POSTGRES_PORT:-54329}"
bin=""
for candidate in $(command -v initdb 2>/dev/null | xargs -r dirname) /usr/lib/postgresql/*/bin; do
  if [ -x "$candidate/initdb" ] && [ -x "$candidate/pg_ctl" ]; then bin="$candidate"; fi
done
if [ -z "$bin" ]; then
  echo "PostgreSQL is not installed. On Debian: apt-get install postgresql" >&2
  exit 1
fi

# initdb refuses root: then the user postgres of Debian's package runs it
as_owner() {
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

case "${1:-}" in
  start)
    if [ ! -d "$folder/data" ]; then
      mkdir -p "$folder"
      if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; fi
      as_owner "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 >"$folder.log" 2>&1 || { cat "$folder.log" >&2; exit 1; }
    fi
    # nothing here must survive a power cut
    options="-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$folder -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300"
    as_owner "$bin/pg_ctl" -D "$folder/data" status >/dev/null 2>&1 ||
      as_owner "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w -o "$options" start >/dev/null || { cat "$folder/log" >&2; exit 1; }
    echo "export SUPPORT_TEST_POSTGRES_URL=postgres://postgres@127.0.0.1:$port/postgres"
    ;;
  stop)
    if [ -d "$folder/data" ]; then
      as_owner "$bin/pg_ctl" -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true
      rm -rf "$folder" "$folder.log"
    fi
    ;;
  *)
    echo "usage: tests/postgres.sh start|stop" >&2
    exit 2
    ;;
esac
